import { Badge } from '@mantine/core'

import { ChannelIcon } from '@/components/ChannelIcon'

import { useChannels, type Kept } from '../queries'
import { useSay } from '../texts'
import classes from './oversight.module.css'

export function Channel({ id }: { id: string }) {
  const say = useSay()
  const found = useChannels().find((one) => one.id === id)
  return (
    <span className={classes.channel}>
      <span aria-hidden>
        <ChannelIcon kind={found?.kind ?? ''} name={found?.name ?? say('goneChannel')} size={24} />
      </span>
      <bdi className={classes.cut}>{found?.name ?? say('goneChannel')}</bdi>
    </span>
  )
}

export function State({ kept }: { kept: Kept }) {
  const say = useSay()
  const state = kept.replayed_at ? 'replayed' : kept.dismissed_at ? 'dismissed' : 'open'
  return (
    <Badge variant="light" color={{ replayed: 'teal', dismissed: 'gray', open: 'orange' }[state]} tt="none">
      {say(state)}
    </Badge>
  )
}
