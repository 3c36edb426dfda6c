import { Alert, Button, CloseButton, Group, SegmentedControl, Select, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { date } from '@/lib/time'

import { WEEKDAYS, weekly, type Draft } from '../schedule'
import { useSay } from '../texts'
import { Day } from './Day'
import { ownZone, timeThere } from './inWords'
import classes from './operators.module.css'

interface Given {
  draft: Draft
  change: (draft: Draft) => void
  /** What was stored cannot be read. */
  broken: boolean
}

/** The schedule editor: always, or hours by weekday; and days off. */
export function Schedule({ draft, change, broken }: Given) {
  const say = useSay()
  const { i18n } = useTranslation()
  const hours = draft.kind === 'hours'
  const minutes = weekly(draft.days)
  const worked = WEEKDAYS.some((one) => draft.days[one].length > 0)
  const copy = (from: keyof Draft['days']) => {
    const days = WEEKDAYS.map((one) => [one, draft.days[one].length > 0 ? draft.days[from] : []])
    change({ ...draft, days: Object.fromEntries(days) as Draft['days'] })
  }
  return (
    <fieldset className={classes.section}>
      <Text component="legend" fw={600} size="sm">
        {say('schedule')}
      </Text>
      <Text size="xs" c="dimmed" mb="xs">
        {say('scheduleText')}
      </Text>
      {broken && (
        <Alert color="orange" mb="xs">
          {say('scheduleBroken')}
        </Alert>
      )}
      <SegmentedControl
        fullWidth
        mb="sm"
        aria-label={say('schedule')}
        value={draft.kind}
        onChange={(kind) => change({ ...draft, kind: kind as Draft['kind'] })}
        data={[
          { value: 'always', label: say('kindAlways') },
          { value: 'hours', label: say('kindHours') },
        ]}
      />
      {(hours || draft.holidays.length > 0) && (
        <Zone zone={draft.timezone} change={(timezone) => change({ ...draft, timezone })} />
      )}
      {hours && (
        <>
          <ul className={classes.days}>
            {WEEKDAYS.map((one) => (
              <Day
                key={one}
                weekday={one}
                spans={draft.days[one]}
                change={(spans) => change({ ...draft, days: { ...draft.days, [one]: spans } })}
                copy={() => copy(one)}
              />
            ))}
          </ul>
          <Text size="xs" c={worked ? 'dimmed' : 'var(--mantine-color-error)'} ta="end" mb="sm" role="status">
            {worked
              ? Number.isFinite(minutes) &&
                say('weekly', { hours: new Intl.NumberFormat(i18n.language).format(minutes / 60) })
              : say('noHours')}
          </Text>
        </>
      )}
      <DaysOff days={draft.holidays} change={(holidays) => change({ ...draft, holidays })} />
    </fieldset>
  )
}

function Zone({ zone, change }: { zone: string; change: (zone: string) => void }) {
  const say = useSay()
  const { i18n } = useTranslation()
  const zones = [...new Set([zone, ownZone(), 'UTC', ...Intl.supportedValuesOf('timeZone')])]
  const time = timeThere(zone, i18n.language)
  return (
    <Select
      label={say('zone')}
      description={time && say('zoneText', { time })}
      searchable
      allowDeselect={false}
      limit={60}
      mb="sm"
      value={zone}
      onChange={(value) => value && change(value)}
      data={zones}
    />
  )
}

function DaysOff({ days, change }: { days: string[]; change: (days: string[]) => void }) {
  const say = useSay()
  const { i18n } = useTranslation()
  const [typed, setTyped] = useState('')
  const add = () => {
    if (typed) change([...new Set([...days, typed])].sort())
    setTyped('')
  }
  return (
    <>
      <Group align="end" gap="xs" wrap="nowrap">
        <TextInput
          type="date"
          label={say('daysOff')}
          description={say('daysOffText')}
          aria-label={say('dayOff')}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            event.preventDefault()
            add()
          }}
          style={{ flex: 1 }}
        />
        <Button variant="default" disabled={!typed} onClick={add}>
          {say('addDayOff')}
        </Button>
      </Group>
      {days.length > 0 && (
        <Group gap={6} mt="xs">
          {days.map((day) => {
            const shown = date(`${day}T00:00`, i18n.language)
            return (
              <span key={day} className={classes.off}>
                {shown}
                <CloseButton
                  size="xs"
                  aria-label={say('removeDayOff', { day: shown })}
                  onClick={() => change(days.filter((one) => one !== day))}
                />
              </span>
            )
          })}
        </Group>
      )}
    </>
  )
}
