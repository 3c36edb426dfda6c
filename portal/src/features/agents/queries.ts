import { queryOptions, useQuery, type QueryClient } from '@tanstack/react-query'

import { answer, api, type Schemas } from '@/lib/api'
import { OPERATORS } from '@/lib/operators'

export type Agent = Schemas['AgentView']
export type Channel = Schemas['ChannelView']
export type Operator = Schemas['OperatorView']
export type Listed = Schemas['DocumentView']
export type Found = Schemas['KnowledgeView']

const ROOT = 'agents'
const NO_OPERATORS: Operator[] = []
/** More conversations than these are not counted. */
export const COUNTED = 100

/** Every agent; one of them is found among them. */
export const agentsAll = queryOptions({
  queryKey: [ROOT, 'all'],
  queryFn: async () => (await answer(api.GET('/agents'))).items,
})

export const channelsAll = queryOptions({
  queryKey: [ROOT, 'channels'],
  queryFn: async () => (await answer(api.GET('/channels'))).items,
})

export const documentsOf = (agentId: string) =>
  queryOptions({
    queryKey: [ROOT, 'documents', agentId],
    queryFn: async () =>
      (await answer(api.GET('/agents/{agent_id}/knowledge', { params: { path: { agent_id: agentId } } }))).items,
  })

/** With its text; it is asked for anew whenever the list is. */
export const documentOf = (agentId: string, name: string) =>
  queryOptions({
    queryKey: [...documentsOf(agentId).queryKey, name],
    queryFn: () =>
      answer(api.GET('/agents/{agent_id}/knowledge/{name}', { params: { path: { agent_id: agentId, name } } })),
  })

/** How many conversations of an agent are not finished; null: more than are counted. */
export async function activeOf(agentId: string): Promise<number | null> {
  const { items, cursor } = await answer(
    api.GET('/sessions', { params: { query: { view: 'active', agent_id: agentId, limit: COUNTED } } }),
  )
  return cursor ? null : items.length
}

export const useChannels = () => useQuery(channelsAll).data
export const useOperators = () => useQuery(OPERATORS).data ?? NO_OPERATORS

/** Puts an agent as it is now into what is shown. */
export function known(client: QueryClient, now: Agent): void {
  client.setQueryData(agentsAll.queryKey, (all) => all?.map((one) => (one.id === now.id ? now : one)))
}

/** Half a sentence, as a line of its own. */
export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

export interface Place {
  channel: Channel
  /** The first running agent of a channel answers there; whoever stands behind him waits until he is stopped. */
  first: boolean
}

/** Where an agent answers, or would; undefined as long as the channels are on their way. */
export function placesOf(agent: Agent, channels: Channel[] | undefined, agents: Agent[]): Place[] | undefined {
  const runs = (id: string) => agents.some((one) => one.id === id && one.state === 'running')
  return channels
    ?.filter((channel) => channel.agents.some((one) => one.id === agent.id))
    .map((channel) => {
      const before = channel.agents.slice(
        0,
        channel.agents.findIndex((one) => one.id === agent.id),
      )
      return { channel, first: !before.some((one) => runs(one.id)) }
    })
}
