import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { answer, api, type Schemas } from '@/lib/api'
import { enter } from '@/lib/me'

export type Token = Schemas['TokenView']
export type Issued = Schemas['IssuedToken']
const MOST = 200

/** Your own that work, the newest first. */
export const TOKENS = queryOptions({
  queryKey: ['tokens'],
  queryFn: async ({ signal }) => {
    const found: Token[] = []
    let cursor: string | undefined
    do {
      const query = { limit: MOST, cursor }
      const page = await answer(api.GET('/tokens', { params: { query }, signal }))
      found.push(...page.items)
      cursor = page.cursor ?? undefined
    } while (cursor)
    return found.reverse()
  },
})

export function useIssue() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (name: string) => answer(api.POST('/tokens', { body: { name } })),
    onSettled: () => client.invalidateQueries({ queryKey: TOKENS.queryKey }),
  })
}

export function useRevoke() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => answer(api.DELETE('/tokens/{token_id}', { params: { path: { token_id: id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: TOKENS.queryKey }),
  })
}

/** What is left out stays. */
export function useChangeMe() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (wanted: Partial<Schemas['Myself']>) => answer(api.PATCH('/me', { body: wanted as Schemas['Myself'] })),
    onSuccess: (found) => enter(client, found),
  })
}
