import { ActionIcon, Tabs, Text, Title, Tooltip } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconArrowLeft, IconBook, IconFlask, IconHeadset, IconPencil } from '@tabler/icons-react'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'

import { useKeys } from '@/lib/keys'
import { mayAct, useMe } from '@/lib/me'

import { TABS, type Tab, type Where } from '../feature'
import { capital, placesOf, useChannels, type Agent as Found } from '../queries'
import { useSay } from '../texts'
import { ReadOnly } from './AgentList'
import classes from './agents.module.css'
import { Handover } from './Handover'
import { Instructions } from './Instructions'
import { Knowledge } from './Knowledge'
import { Places } from './Places'
import { Playground } from './Playground'
import { Run } from './Run'
import { SaveBar } from './SaveBar'
import { State } from './State'
import { useLeaving } from './useLeaving'
import { useSettings, type Form } from './useSettings'

/** From here on the playground stands beside the settings. */
const WIDE = '(min-width: 80em)'
const ICONS: Record<Tab, typeof IconBook> = {
  instructions: IconPencil,
  handover: IconHeadset,
  knowledge: IconBook,
  playground: IconFlask,
}

interface Given {
  agent: Found
  agents: Found[]
}

/** Everything that admins say of one agent, and a place to try it. */
export function Agent({ agent, agents }: Given) {
  const me = useMe()
  const may = mayAct(me, 'admin')
  const tries = mayAct(me, 'operator')
  const wide = useMediaQuery(WIDE, undefined, { getInitialValueInEffect: false })
  const form = useSettings(agent, may)
  const { where, turn } = useWhere(agent.id)
  const beside = wide && tries
  const tabs = TABS.filter((one) => one !== 'playground' || (tries && !wide))
  const tab = where.tab && tabs.includes(where.tab) ? where.tab : 'instructions'
  useLeaving(form.changed.length > 0, agent.name)
  useKeysOf(tabs, turn, form, may)
  return (
    <div className={classes.screen}>
      <div className={classes.main}>
        <Head agent={agent} agents={agents} may={may} />
        <Tabs
          value={tab}
          onChange={(wanted) => turn({ tab: wanted as Tab })}
          className={classes.tabs}
          classNames={{ tab: classes.tab, tabSection: classes.tabIcon }}
          keepMounted={false}
        >
          <TabList tabs={tabs} />
          <Tabs.Panel value="instructions" className={classes.panel}>
            {!may && <ReadOnly />}
            <Instructions form={form} may={may} />
          </Tabs.Panel>
          <Tabs.Panel value="handover" className={classes.panel}>
            {!may && <ReadOnly />}
            <Handover form={form} may={may} />
          </Tabs.Panel>
          <Tabs.Panel value="knowledge" className={classes.panel}>
            {!may && <ReadOnly />}
            <Knowledge agent={agent} may={may} open={where.doc} turn={(doc) => turn({ tab: 'knowledge', doc })} />
          </Tabs.Panel>
          <Tabs.Panel value="playground" className={classes.panel} data-whole>
            <Playground agent={agent} told={form.told} open={(doc) => turn({ tab: 'knowledge', doc })} />
          </Tabs.Panel>
        </Tabs>
        <SaveBar form={form} />
      </div>
      {beside && (
        <aside className={classes.beside}>
          <Playground agent={agent} told={form.told} open={(doc) => turn({ tab: 'knowledge', doc })} />
        </aside>
      )}
    </div>
  )
}

function TabList({ tabs }: { tabs: Tab[] }) {
  const say = useSay()
  return (
    <Tabs.List>
      {tabs.map((one) => {
        const Icon = ICONS[one]
        return (
          <Tabs.Tab key={one} value={one} leftSection={<Icon size={17} aria-hidden />}>
            {say(one)}
          </Tabs.Tab>
        )
      })}
    </Tabs.List>
  )
}

function Head({ agent, agents, may }: Given & { may: boolean }) {
  const say = useSay()
  const places = placesOf(agent, useChannels(), agents)
  return (
    <header className={classes.head}>
      <Tooltip label={say('back')} openDelay={300}>
        <ActionIcon
          component={Link}
          to="/settings/agents"
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={say('back')}
        >
          <IconArrowLeft size={20} className={classes.mirrored} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <div className={classes.grow}>
        <div className={classes.named}>
          <Title order={1} size="h3" dir="auto">
            {agent.name}
          </Title>
          <State agent={agent} />
        </div>
        {agent.description && (
          <Text size="sm" c="dimmed" className={classes.description}>
            {capital(agent.description)}
          </Text>
        )}
        {agent.error && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {agent.error}
          </Text>
        )}
        <Places places={places} linked />
      </div>
      {may && <Run agent={agent} />}
    </header>
  )
}

/** Which tab and document the address names, and the way to another. */
function useWhere(agentId: string): { where: Where; turn: (wanted: Where) => void } {
  const go = useNavigate()
  const where: Where = useSearch({ strict: false })
  const turn = ({ tab, doc }: Where) =>
    void go({ to: `/settings/agents/${agentId}`, search: { tab, doc } as never, replace: true })
  return { where, turn }
}

function useKeysOf(tabs: Tab[], turn: (wanted: Where) => void, form: Form, may: boolean): void {
  const say = useSay()
  const group = say('group')
  useKeys([
    ...tabs.map((tab, index) => ({ keys: String(index + 1), label: say(tab), group, run: () => turn({ tab }) })),
    ...(may ? [{ keys: 'mod+s', label: say('keySave'), group, run: form.save, whileTyping: true }] : []),
  ])
}
