import { Button, Tooltip } from '@mantine/core'
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'

import type { Agent } from '../queries'
import { useSay } from '../texts'
import { useRun } from './useRun'

/** Starts or stops an agent. */
export function Run({ agent }: { agent: Agent }) {
  const say = useSay()
  const { start, stop, busy } = useRun(agent)
  if (agent.state === 'running')
    return (
      <Button variant="default" leftSection={<IconPlayerStop size={16} aria-hidden />} aria-label={say('stopNamed', { name: agent.name })} loading={busy} onClick={() => void stop()}>
        {say('stop')}
      </Button>
    )
  const broken = agent.state === 'error'
  return (
    <Tooltip label={agent.error} disabled={!broken} multiline maw={360}>
      <Button
        leftSection={<IconPlayerPlay size={16} aria-hidden />}
        aria-label={say('startNamed', { name: agent.name })}
        loading={busy}
        data-disabled={broken || undefined}
        aria-disabled={broken}
        onClick={() => !broken && start()}
      >
        {say('start')}
      </Button>
    </Tooltip>
  )
}
