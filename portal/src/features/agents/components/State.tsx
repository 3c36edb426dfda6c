import { Badge } from '@mantine/core'

import type { Agent } from '../queries'
import { useSay } from '../texts'

const COLORS: Record<Agent['state'], string> = { running: 'teal', stopped: 'gray', error: 'red' }

export function State({ agent }: { agent: Agent }) {
  const say = useSay()
  return (
    <Badge variant="light" color={COLORS[agent.state]} tt="none">
      {say(`state_${agent.state}`)}
    </Badge>
  )
}
