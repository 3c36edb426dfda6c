import { Badge } from '@mantine/core'

import type { Channel } from '../queries'
import { useSay } from '../texts'

const COLORS = { running: 'teal', starting: 'blue', stopped: 'gray', error: 'red', retrying: 'yellow' }

/** How a channel is, in words and a colour. */
export function State({ channel: { state, error } }: { channel: Channel }) {
  const say = useSay()
  const now = state === 'starting' && error ? 'retrying' : state
  return (
    <Badge variant="light" color={COLORS[now]} tt="none" size="lg" fw={600} style={{ flex: 'none' }}>
      {say(now)}
    </Badge>
  )
}
