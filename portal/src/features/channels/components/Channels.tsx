import { useQuery } from '@tanstack/react-query'
import { useParams, useSearch } from '@tanstack/react-router'

import { Page } from '@/components/Page'
import { EmptyState, ErrorState, LoadingLines } from '@/components/States'
import { KINDS } from '@/lib/kinds'
import { mayAct, useMe } from '@/lib/me'

import { CHANNELS, NEW, type Address } from '../queries'
import { useSay } from '../texts'
import { Channel } from './Channel'
import { Back } from './Head'
import { List } from './List'
import { New } from './New'

/** Settings > Channels: all of them, or the one that the address names, or a new one. */
export default function Channels() {
  const say = useSay()
  const may = mayAct(useMe(), 'admin')
  const { channelId } = useParams({ strict: false }) as { channelId?: string }
  const { tab = 'settings', kind } = useSearch({ strict: false }) as Address
  const channels = useQuery(CHANNELS)
  const kinds = useQuery(KINDS)
  if (!channels.data || !kinds.data) {
    const failed = [channels, kinds].find((one) => one.isError)
    return (
      <Page title={say('title')}>
        {failed ? (
          <ErrorState error={failed.error} retry={() => void failed.refetch()} />
        ) : (
          <LoadingLines count={4} height={72} />
        )}
      </Page>
    )
  }
  if (!channelId) return <List channels={channels.data} />
  if (channelId === NEW && may) return <New key={kind} kinds={kinds.data} kind={kind} />
  const channel = channels.data.find((one) => one.id === channelId)
  if (channel)
    return (
      <Channel
        key={channel.id}
        channel={channel}
        kind={kinds.data.find((one) => one.kind === channel.kind)}
        tab={tab}
      />
    )
  return (
    <EmptyState page title={say('nobody')} text={say('nobodyText')}>
      <Back />
    </EmptyState>
  )
}
