import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { answer, api } from '@/lib/api'
import { toast, toastError } from '@/lib/toast'

import { nameOf } from '../documents'
import { documentOf, documentsOf, type Found, type Listed } from '../queries'
import { useSay } from '../texts'
import { useUnsaved } from '../unsaved'

/** A document as far as it is written; `seen`: what was stored when this began. */
interface Writing {
  name: string
  text: string
  seen: { text: string; changed_at: string | null }
}

const EMPTY: Writing = { name: '', text: '', seen: { text: '', changed_at: null } }

/** Under which name what is not saved of a document is kept; null: of a new one. */
export const keptAs = (agentId: string, name: string | null) => `document.${agentId}.${name ?? ''}`

/** A document that is open: what is stored, and what is written over it. `name` is null for a new one. */
export function useDocument(agentId: string, name: string | null, all: Listed[]) {
  const say = useSay()
  const client = useQueryClient()
  const listed = all.find((one) => one.name === name)
  const query = useQuery({ ...documentOf(agentId, name ?? ''), enabled: listed !== undefined })
  const stored = listed ? query.data : undefined
  const [kept, keep] = useUnsaved<Writing>(keptAs(agentId, name))
  const start: Writing = stored
    ? { name: stored.name, text: stored.text, seen: stored }
    : { ...EMPTY, name: name ?? '' }
  const now = kept ?? start
  const target = name ?? nameOf(now.name)
  const taken = name === null ? all.find((one) => one.name === target) : undefined
  const sure = !listed || stored !== undefined
  const moved =
    name !== null &&
    kept !== null &&
    sure &&
    (stored?.changed_at ?? null) !== kept.seen.changed_at &&
    (stored?.text ?? '') !== kept.text
  const change = (what: Partial<Writing>) =>
    keep((before) => {
      const { name: named, text, seen } = { ...(before ?? start), ...what }
      const touched = text !== seen.text || (name === null && named !== '')
      return touched ? { name: named, text, seen: { text: seen.text, changed_at: seen.changed_at } } : null
    })
  const { mutateAsync, isPending } = useMutation({
    mutationFn: () =>
      answer(
        api.PUT('/agents/{agent_id}/knowledge/{name}', {
          params: { path: { agent_id: agentId, name: target } },
          body: { text: now.text, was: now.seen.changed_at },
        }),
      ),
    onSuccess: (found: Found) => {
      client.setQueryData(documentOf(agentId, found.name).queryKey, found)
      keep(() => null)
      toast(say('savedDocument', { name: found.name }))
    },
    onError: toastError,
    onSettled: () => client.invalidateQueries({ queryKey: documentsOf(agentId).queryKey }),
  })
  return {
    name: now.name,
    text: now.text,
    target,
    /** One of this name is there already. */
    taken,
    listed,
    stored,
    /** It is on its way, or could not be had. */
    loading: listed !== undefined && !stored && kept === null,
    error: stored ? null : query.error,
    retry: () => void query.refetch(),
    dirty: kept !== null,
    /** Somebody else has written it meanwhile; `gone`: or deleted it. */
    moved,
    gone: moved && !stored,
    busy: isPending,
    change,
    discard: () => keep(() => null),
    insist: () =>
      keep(
        (before) => before && { ...before, seen: { text: stored?.text ?? '', changed_at: stored?.changed_at ?? null } },
      ),
    /** The name under which it is stored now; null: it is not. */
    save: () =>
      mutateAsync().then(
        (found) => found.name,
        () => null,
      ),
  }
}

export type Open = ReturnType<typeof useDocument>
