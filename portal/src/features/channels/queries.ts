import { infiniteQueryOptions, queryOptions, type QueryClient } from '@tanstack/react-query'

import { answer, api, type Schemas } from '@/lib/api'

export type Channel = Schemas['ChannelView']
export type Kind = Schemas['KindView']
export type Tab = 'settings' | 'log' | 'templates'

const ROOT = 'channels-screen'
const PAGE = 50
export const LOGS = [ROOT, 'log']

/** In the address, in the place of a channel: one is being added. */
export const NEW = 'new'

/** What the address says after `?`: the part of a channel, or the kind of a new one. */
export interface Address {
  tab?: Tab
  kind?: string
}

export function readAddress({ tab, kind }: Record<string, unknown>): Record<string, unknown> {
  return {
    tab: tab === 'log' || tab === 'templates' ? tab : undefined,
    kind: typeof kind === 'string' && kind ? kind : undefined,
  }
}

/** By name. */
export const CHANNELS = queryOptions({
  queryKey: [ROOT, 'channels'],
  queryFn: async () => {
    const { items } = await answer(api.GET('/channels'))
    return items.sort((a, b) => a.name.localeCompare(b.name))
  },
})

export const AGENTS = queryOptions({
  queryKey: [ROOT, 'agents'],
  queryFn: async () => (await answer(api.GET('/agents'))).items,
})

export const pathOf = (id: string) => ({ params: { path: { channel_id: id } } })

export const templatesOf = (id: string) =>
  queryOptions({
    queryKey: [ROOT, 'templates', id],
    queryFn: async () => (await answer(api.GET('/channels/{channel_id}/templates', pathOf(id)))).items,
  })

export const logOf = (id: string) =>
  infiniteQueryOptions({
    queryKey: [...LOGS, id],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/channels/{channel_id}/log', {
          params: { path: { channel_id: id }, query: { limit: PAGE, cursor: pageParam ?? undefined } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
  })

/** The channel as the runtime answered it, without asking for all of them. */
export function keep(client: QueryClient, channel: Channel): void {
  client.setQueryData(CHANNELS.queryKey, (all) => {
    const others = (all ?? []).filter((one) => one.id !== channel.id)
    return [...others, channel].sort((a, b) => a.name.localeCompare(b.name))
  })
  void client.invalidateQueries({ queryKey: logOf(channel.id).queryKey })
}
