import { Alert, Text } from '@mantine/core'
import { IconInfoCircle, IconRobot } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'

import { Page } from '@/components/Page'
import { EmptyState } from '@/components/States'
import { mayAct, useMe } from '@/lib/me'

import { capital, placesOf, useChannels, type Agent } from '../queries'
import { useSay } from '../texts'
import classes from './agents.module.css'
import { Places } from './Places'
import { Run } from './Run'
import { State } from './State'

/** Every agent: who it is, whether it runs, and where it answers. */
export function AgentList({ agents }: { agents: Agent[] }) {
  const say = useSay()
  const may = mayAct(useMe(), 'admin')
  const channels = useChannels()
  return (
    <Page title={say('title')}>
      <Text c="dimmed" mb="lg" maw={640}>
        {say('about')}
      </Text>
      {!may && <ReadOnly />}
      {agents.length === 0 && (
        <EmptyState icon={<IconRobot size={28} stroke={1.5} />} title={say('none')} text={say('noneText')} />
      )}
      <ul className={classes.agents}>
        {agents.map((agent) => (
          <li key={agent.id} className={classes.card}>
            <div className={classes.grow}>
              <div className={classes.named}>
                <Link to={`/settings/agents/${agent.id}`} className={classes.whole}>
                  {agent.name}
                </Link>
                <State agent={agent} />
              </div>
              {agent.description && (
                <Text size="sm" c="dimmed">
                  {capital(agent.description)}
                </Text>
              )}
              {agent.error && (
                <Text size="sm" c="var(--mantine-color-error)">
                  {agent.error}
                </Text>
              )}
              <Places places={placesOf(agent, channels, agents)} />
            </div>
            {may && <Run agent={agent} />}
          </li>
        ))}
      </ul>
    </Page>
  )
}

export function ReadOnly() {
  const say = useSay()
  return (
    <Alert variant="light" color="gray" icon={<IconInfoCircle size={18} aria-hidden />} mb="md">
      {say('readOnly')}
    </Alert>
  )
}
