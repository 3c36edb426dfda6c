import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { answer, api, ApiError, type Schemas } from '@/lib/api'
import { toast, toastError } from '@/lib/toast'

import * as drafts from '../draft'
import { UNTOUCHED, type Draft, type Name, type Settings } from '../draft'
import { agentsAll, known, type Agent } from '../queries'
import { useSay } from '../texts'
import { useUnsaved } from '../unsaved'

type Refused = Partial<Record<Name, string>>

/** An agent's settings as they are on this page: what is stored, and what who may has written over it. */
export function useSettings(agent: Agent, may: boolean) {
  const say = useSay()
  const client = useQueryClient()
  const [kept, keep] = useUnsaved<Draft>(`agent.${agent.id}`)
  const [refused, setRefused] = useState<Refused>({})
  const draft = drafts.rebased((may && kept) || UNTOUCHED, agent)
  const become = (next: (now: Draft) => Draft) =>
    keep((now) => {
      const then = next(drafts.rebased(now ?? UNTOUCHED, agent))
      return Object.keys(then.mine).length > 0 ? then : null
    })
  const { mutate, isPending } = useMutation({
    mutationFn: (body: Schemas['AgentChange']) =>
      answer(api.PATCH('/agents/{agent_id}', { params: { path: { agent_id: agent.id } }, body })),
    onSuccess: (now, sent) => {
      known(client, now)
      keep((before) => {
        const left = drafts.settled(before ?? UNTOUCHED, sent)
        return Object.keys(left.mine).length > 0 ? left : null
      })
      toast(say('saved', { name: agent.name }))
    },
    onError: (error) => {
      const told = refusals(error)
      setRefused(told)
      if (error instanceof ApiError && error.code === 'changed_meanwhile')
        void client.invalidateQueries({ queryKey: agentsAll.queryKey })
      const [first] = drafts.NAMES.filter((name) => name in told)
      toastError(
        first && error instanceof ApiError
          ? new ApiError(error.status, error.code, `${say(`set_${first}`)}: ${told[first]}`)
          : error,
      )
    },
  })
  const changed = drafts.changed(draft, agent)
  const moved = drafts.moved(draft, agent)
  const wrong = drafts.wrong(draft)
  return {
    agent,
    changed,
    moved,
    /** What is to be mended before anything is saved. */
    wrong,
    told: drafts.told(draft, agent),
    refused,
    busy: isPending,
    value: <N extends Name>(name: N): Settings[N] =>
      (name in draft.mine ? draft.mine[name] : agent[name]) as Settings[N],
    set: <N extends Name>(name: N, value: Settings[N]) => {
      setRefused(({ [name]: _, ...others }) => others)
      become((now) => drafts.edited(now, agent, name, value))
    },
    insist: (name: Name) => become((now) => drafts.insisted(now, agent, name)),
    yield: (name: Name) => become((now) => drafts.without(now, name)),
    save: () => {
      if (changed.length > 0 && moved.length + wrong.length === 0) mutate(drafts.asked(draft, changed))
    },
    discard: () => {
      setRefused({})
      keep(() => null)
    },
  }
}

export type Form = ReturnType<typeof useSettings>

/** What the runtime says of each setting that it refuses. */
function refusals(error: unknown): Refused {
  const all = error instanceof ApiError && error.status === 422 ? error.facts.errors : []
  if (!Array.isArray(all)) return {}
  return Object.fromEntries(
    (all as { field: string; message: string }[]).map(({ field, message }) => [field.split('.')[0], message]),
  )
}
