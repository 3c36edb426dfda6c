import { Text } from '@mantine/core'

import { ChannelIcon } from '@/components/ChannelIcon'

import type { Place } from '../queries'
import { useSay } from '../texts'
import classes from './agents.module.css'

/** The channels on which an agent answers. */
export function Places({ places }: { places: Place[] }) {
  const say = useSay()
  if (places.length === 0)
    return (
      <Text size="sm" c="dimmed" mt={6}>
        {say('nowhere')}
      </Text>
    )
  return (
    <ul className={classes.places} aria-label={say('channels')}>
      {places.map(({ channel, first }) => (
        <li key={channel.id}>
          <ChannelIcon kind={channel.kind} name={channel.name} size={22} />
          <bdi aria-hidden>{channel.name}</bdi>
          {channel.state !== 'running' && <span className={classes.dim}>{say(`channel_${channel.state}`)}</span>}
          {!first && <span className={classes.dim}>{say('standsBy')}</span>}
        </li>
      ))}
    </ul>
  )
}
