import { Button, Tooltip } from '@mantine/core'
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'

import { useActions } from '@/lib/actions'

import type { Agent } from '../queries'
import { useSay } from '../texts'
import { useRun } from './useRun'

/** Starts or stops an agent. */
export function Run({ agent }: { agent: Agent }) {
  const say = useSay()
  const { start, stop, busy } = useRun(agent)
  const runs = agent.state === 'running'
  const broken = agent.state === 'error'
  useActions(
    broken
      ? []
      : [
          {
            id: `agent ${agent.id}`,
            label: say(runs ? 'stopNamed' : 'startNamed', { name: agent.name }),
            group: say('group'),
            run: () => (runs ? void stop() : start()),
          },
        ],
  )
  if (runs)
    return (
      <Button
        variant="default"
        leftSection={<IconPlayerStop size={16} aria-hidden />}
        aria-label={say('stopNamed', { name: agent.name })}
        loading={busy}
        onClick={() => void stop()}
      >
        {say('stop')}
      </Button>
    )
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
