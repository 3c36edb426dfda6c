import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'

import { EmptyState, ErrorState, LoadingState } from '@/components/States'

import { agentsAll } from '../queries'
import { useSay } from '../texts'
import { Agent } from './Agent'
import { AgentList } from './AgentList'

/** All agents, or the one that the address names. */
export default function Agents() {
  const say = useSay()
  const { agentId } = useParams({ strict: false })
  const { data, error, refetch } = useQuery(agentsAll)
  if (!data && error) return <ErrorState error={error} retry={() => void refetch()} />
  if (!data) return <LoadingState />
  if (!agentId) return <AgentList agents={data} />
  const found = data.find((one) => one.id === agentId)
  if (!found) return <EmptyState page title={say('noSuch')} text={say('noSuchText')} />
  return <Agent key={found.id} agent={found} agents={data} />
}
