import { Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'

import { ChannelIcon } from '@/components/ChannelIcon'

import type { Channel, Place } from '../queries'
import { useSay } from '../texts'
import classes from './agents.module.css'

/** The channels on which an agent answers; `linked`: each leads to its settings. */
export function Places({ places, linked }: { places?: Place[]; linked?: boolean }) {
  const say = useSay()
  if (places?.length === 0)
    return (
      <Text size="sm" c="dimmed" mt={6}>
        {say('nowhere')}
      </Text>
    )
  return (
    <ul className={classes.places} aria-label={say('channels')}>
      {places?.map(({ channel, first }) => (
        <li key={channel.id}>
          {linked ? (
            <Link to={`/settings/channels/${channel.id}`}>
              <Called channel={channel} />
            </Link>
          ) : (
            <Called channel={channel} />
          )}
          {channel.state !== 'running' && <span className={classes.dim}>{say(`channel_${channel.state}`)}</span>}
          {!first && <span className={classes.dim}>{say('standsBy')}</span>}
        </li>
      ))}
    </ul>
  )
}

function Called({ channel }: { channel: Channel }) {
  return (
    <span className={classes.called}>
      <ChannelIcon kind={channel.kind} name={channel.name} size={22} />
      <bdi aria-hidden>{channel.name}</bdi>
    </span>
  )
}
