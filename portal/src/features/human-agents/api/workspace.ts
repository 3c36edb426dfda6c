import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'

import { answer, api, type Schemas } from '@/lib/api'
import { useMe } from '@/lib/me'
import { toastError } from '@/lib/toast'

import { hear } from './cards'
import { catchUp } from './history'
import { outgoingOf, type OutgoingStore } from './outgoing'
import { detailsOf, sessionOf, suggestionsOf, type Full } from './session'

type Session = Schemas['SessionView']

/** Everything that shows this session shows it as it is now; `composer` and what else is computed is asked for. */
export function settle(client: QueryClient, session: Session): void {
  const { queryKey } = sessionOf(session.id)
  client.setQueryData<Full>(queryKey, (now) => now && { ...now, ...session })
  void hear(client, session)
  for (const key of [queryKey, suggestionsOf(session.id).queryKey, detailsOf(session.id).queryKey])
    void client.invalidateQueries({ queryKey: key })
  void catchUp(client, session.id)
}

export function useOutgoingStore(): OutgoingStore {
  const client = useQueryClient()
  return outgoingOf(useMe().id, ({ sessionId, message }, seq) => {
    void client.invalidateQueries({ queryKey: suggestionsOf(sessionId).queryKey })
    const may = message.template && client.invalidateQueries({ queryKey: sessionOf(sessionId).queryKey })
    return Promise.all([catchUp(client, sessionId, seq), may])
  })
}

type Act =
  | { act: 'takeover' | 'return'; epoch: number }
  | { act: 'resolve' | 'open' }
  | { act: 'mode'; mode: 'copilot' | 'human' }
  | { act: 'assign'; to: string | null; epoch: number }
  | { act: 'suggest'; instruction: string }

async function asked(id: string, wanted: Act): Promise<{ session: Session; taken?: boolean }> {
  const params = { path: { session_id: id } }
  switch (wanted.act) {
    case 'takeover':
      return answer(api.POST('/sessions/{session_id}/takeover', { params, body: { epoch: wanted.epoch } }))
    case 'return':
      return answer(api.POST('/sessions/{session_id}/return', { params, body: { epoch: wanted.epoch } }))
    case 'resolve':
      return answer(api.POST('/sessions/{session_id}/resolve', { params }))
    case 'open':
      return answer(api.POST('/sessions/{session_id}/open', { params }))
    case 'mode':
      return answer(api.POST('/sessions/{session_id}/mode', { params, body: { mode: wanted.mode } }))
    case 'assign':
      return answer(
        api.POST('/sessions/{session_id}/assign', { params, body: { operator_id: wanted.to, epoch: wanted.epoch } }),
      )
    case 'suggest':
      return answer(
        api.POST('/sessions/{session_id}/suggestions', { params, body: { instruction: wanted.instruction } }),
      )
  }
}

/** What an operator does to a session; what it became is shown at once, everywhere on this page. */
export function useAct(id: string) {
  const client = useQueryClient()
  const mutationKey = ['human-agents', 'act', id]
  const mutation = useMutation({
    mutationKey,
    mutationFn: (wanted: Act) => asked(id, wanted),
    onSuccess: ({ session }) => settle(client, session),
    onError: (error) => {
      toastError(error)
      void client.invalidateQueries({ queryKey: sessionOf(id).queryKey })
    },
  })
  /** The same was pressed twice. */
  const isOnItsWay = (act: Act['act']) =>
    client.isMutating({ mutationKey, predicate: ({ state }) => (state.variables as Act).act === act }) > 0
  return { ...mutation, isOnItsWay }
}

export async function dismiss(client: QueryClient, sessionId: string, suggestionId: string): Promise<void> {
  try {
    await answer(
      api.POST('/suggestions/{suggestion_id}/dismiss', { params: { path: { suggestion_id: suggestionId } } }),
    )
  } catch (error) {
    toastError(error)
  }
  void client.invalidateQueries({ queryKey: suggestionsOf(sessionId).queryKey })
}
