import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { answer, api } from '@/lib/api'
import { confirm } from '@/lib/confirm'
import { toast, toastError } from '@/lib/toast'

import { activeOf, COUNTED, known, type Agent } from '../queries'
import { useSay } from '../texts'

/** Starting is harmless; before stopping it is said what becomes of the conversations. */
export function useRun(agent: Agent) {
  const say = useSay()
  const client = useQueryClient()
  const [asking, setAsking] = useState(false)
  const params = { path: { agent_id: agent.id } }
  const { mutate, isPending } = useMutation({
    mutationFn: (running: boolean) =>
      answer(
        running ? api.POST('/agents/{agent_id}/start', { params }) : api.POST('/agents/{agent_id}/stop', { params }),
      ),
    onSuccess: (now) => {
      known(client, now)
      toast(say(now.state === 'running' ? 'started' : 'stopped', { name: now.name }))
    },
    onError: toastError,
  })
  const stop = async () => {
    setAsking(true)
    const count = await activeOf(agent.id).catch(() => 0)
    setAsking(false)
    const open = count === null ? say('stopMany', { count: COUNTED }) : say('stopActive', { count })
    const sure = await confirm({
      title: say('stopTitle', { name: agent.name }),
      text: `${count === 0 ? '' : `${open} `}${say('stopText')}`,
      yes: say('stop'),
      grave: true,
    })
    if (sure) mutate(false)
  }
  return { start: () => mutate(true), stop, busy: isPending || asking }
}
