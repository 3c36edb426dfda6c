import { Button, Group, Popover, SegmentedControl, Select, TextInput } from '@mantine/core'
import { IconCalendar } from '@tabler/icons-react'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { useAgents, useChannels, type Query } from '../queries'
import { days, LONGEST, ownZone, PRESETS, START, type Asked, type Preset } from '../range'
import { useSay } from '../texts'
import { useDays } from './days'
import classes from './reports.module.css'

interface Given {
  asked: Asked
  query: Query
  change: (wanted: Asked) => void
}

/** Which time, whose days, and of which agent and channel. */
export function Toolbar({ asked, query, change }: Given) {
  const say = useSay()
  const agents = useAgents()
  const channels = useChannels()
  const own = ownZone()
  const zones = [...new Set([own, query.timezone, 'UTC', ...Intl.supportedValuesOf('timeZone')])]
  return (
    <Group className={classes.toolbar} gap="sm" align="end">
      <Range asked={asked} query={query} change={change} />
      <SegmentedControl
        aria-label={say('group')}
        value={query.group}
        onChange={(value) => change({ ...asked, group: value as 'day' | 'week' })}
        data={[
          { value: 'day', label: say('day') },
          { value: 'week', label: say('week') },
        ]}
      />
      <Select
        aria-label={say('agent')}
        placeholder={say('allAgents')}
        clearable
        className={classes.choice}
        value={asked.agent ?? null}
        onChange={(value) => change({ ...asked, agent: value ?? undefined })}
        data={agents.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <Select
        aria-label={say('channel')}
        placeholder={say('allChannels')}
        clearable
        className={classes.choice}
        value={asked.channel ?? null}
        onChange={(value) => change({ ...asked, channel: value ?? undefined })}
        data={channels.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <Select
        aria-label={say('zone')}
        searchable
        allowDeselect={false}
        limit={60}
        className={classes.choice}
        value={query.timezone}
        onChange={(value) => change({ ...asked, zone: value === own ? undefined : (value ?? undefined) })}
        data={zones}
      />
    </Group>
  )
}

function Range({ asked, query, change }: Given) {
  const say = useSay()
  const { i18n } = useTranslation()
  const [open, setOpen] = useState(false)
  const named = useDays()
  const custom = !!asked.from
  const choose = (preset: Preset) => {
    change({ ...asked, from: undefined, to: undefined, range: preset === START ? undefined : preset })
    setOpen(false)
  }
  const label = custom ? named({ first: query.from, last: query.to }) : say(`range_${asked.range ?? START}`)
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" trapFocus shadow="md">
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<IconCalendar size={18} aria-hidden />}
          aria-label={`${say('range')}: ${label}`}
          onClick={() => setOpen(!open)}
        >
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={say('range')}>
        <div className={classes.presets}>
          {PRESETS.map((preset) => (
            <Button
              key={preset}
              size="xs"
              variant={!custom && preset === (asked.range ?? START) ? 'light' : 'subtle'}
              aria-pressed={!custom && preset === (asked.range ?? START)}
              onClick={() => choose(preset)}
            >
              {say(`range_${preset}`)}
            </Button>
          ))}
        </div>
        <Custom
          key={i18n.language}
          query={query}
          apply={(from, to) => {
            change({ ...asked, range: undefined, from, to })
            setOpen(false)
          }}
        />
      </Popover.Dropdown>
    </Popover>
  )
}

function Custom({ query, apply }: { query: Query; apply: (from: string, to: string) => void }) {
  const say = useSay()
  const [from, setFrom] = useState(query.from)
  const [to, setTo] = useState(query.to)
  const wrong = from > to ? say('dates') : days({ from, to }) > LONGEST ? say('tooLong', { days: LONGEST }) : ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (from && to && !wrong) apply(from, to)
  }
  return (
    <form className={classes.custom} onSubmit={submit}>
      <Day label={say('from')} value={from} set={setFrom} />
      <Day label={say('to')} value={to} set={setTo} error={wrong} />
      <Button type="submit" size="xs" disabled={!!wrong}>
        {say('apply')}
      </Button>
    </form>
  )
}

interface DayGiven {
  label: string
  value: string
  set: (day: string) => void
  error?: string
}

function Day({ set, ...shown }: DayGiven) {
  return (
    <TextInput
      {...shown}
      type="date"
      size="xs"
      required
      withAsterisk={false}
      onChange={(event) => set(event.currentTarget.value)}
    />
  )
}
