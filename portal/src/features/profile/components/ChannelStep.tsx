import { Badge, Group, Radio, Select, Stack, Switch, Text, Title } from '@mantine/core'
import { useEffect, useState } from 'react'

import { ChannelIcon } from '@/components/ChannelIcon'
import { useKinds } from '@/lib/kinds'
import { useSaid } from '@/lib/said'

import { grouped } from '../draft'
import type { Way } from '../queries'
import { useSay } from '../texts'
import classes from './profile.module.css'

export interface Chosen {
  channelId: string
  agentId: string | null
}

interface Given {
  ways: Way[]
  chosen: Chosen | null
  choose: (chosen: Chosen) => void
}

/** Where to write, and as which agent if there is a choice. */
export function ChannelStep({ ways, chosen, choose }: Given) {
  const say = useSay()
  const [all, setAll] = useState(false)
  const usable = ways.filter((one) => one.available)
  const shown = all ? ways : usable
  const way = usable.find((one) => one.channel.id === chosen?.channelId)
  const pick = (channelId: string) => {
    const found = usable.find((one) => one.channel.id === channelId)
    if (found) choose({ channelId, agentId: found.agents[0]?.id ?? null })
  }
  const only = usable.length === 1 ? usable[0]?.channel.id : undefined
  useEffect(() => {
    if (only && !chosen) pick(only)
  })
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Text c="dimmed" size="sm">
          {say('channelsListed')}
        </Text>
        <Switch
          label={say('showUnavailable')}
          labelPosition="left"
          checked={all}
          onChange={(event) => setAll(event.currentTarget.checked)}
        />
      </Group>
      {shown.length === 0 && (
        <Text ta="center" py="xl" role="status">
          {say('noneAvailable')}
        </Text>
      )}
      <Radio.Group aria-label={say('selectChannel')} value={way?.channel.id ?? ''} onChange={pick}>
        <Stack gap="lg" className={classes.channels}>
          {grouped(shown).map(([kind, ones]) => (
            <Kind key={kind} kind={kind} ways={ones} />
          ))}
        </Stack>
      </Radio.Group>
      {way && way.agents.length > 1 && (
        <Select
          label={say('agent')}
          data={way.agents.map((one) => ({ value: one.id, label: one.name }))}
          value={chosen?.agentId ?? null}
          onChange={(agentId) => choose({ channelId: way.channel.id, agentId })}
          allowDeselect={false}
        />
      )}
    </Stack>
  )
}

function Kind({ kind, ways }: { kind: string; ways: Way[] }) {
  const name = useKinds().channel(kind)
  return (
    <section aria-label={name}>
      <Group gap={8} mb={8}>
        <ChannelIcon kind={kind} name={name} size={22} />
        <Title order={3} size="h6">
          {name}
        </Title>
        <Text size="sm" c="dimmed">
          {ways.length}
        </Text>
      </Group>
      <Stack gap={8}>
        {ways.map((way) => (
          <Choice key={way.channel.id} way={way} />
        ))}
      </Stack>
    </section>
  )
}

function Choice({ way }: { way: Way }) {
  const say = useSay()
  const said = useSaid()
  const short = way.code === 'no_running_agents' || way.code === 'channel_not_running' ? say(way.code) : undefined
  return (
    <Radio.Card value={way.channel.id} disabled={!way.available} className={classes.choice} radius="md">
      <Group wrap="nowrap" gap="sm">
        <Radio.Indicator disabled={!way.available} />
        <div className={classes.choiceWords}>
          <Text fw={550} truncate>
            {way.channel.name}
          </Text>
          <Badge variant="light" color={way.available ? 'teal' : 'gray'} tt="none">
            {way.available ? say('agentsRunning', { count: way.agents.length }) : (short ?? say('unreachable'))}
          </Badge>
          {!way.available && !short && <Text size="sm">{said(way.reason, way.code)}</Text>}
        </div>
      </Group>
    </Radio.Card>
  )
}
