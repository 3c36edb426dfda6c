import { CloseButton, Group } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { date } from '@/lib/time'

import { NAMES, type Filters } from '../filters'
import { useAgents, useChannels, useOperators } from '../queries'
import { useSay } from '../texts'
import classes from './sessions.module.css'

interface Given {
  filters: Filters
  change: (wanted: Filters) => void
}

/** The filters that hold, each to be taken away. */
export function Chosen({ filters, change }: Given) {
  const say = useSay()
  const read = useReading(filters)
  const there = NAMES.filter((name) => filters[name])
  if (there.length === 0) return null
  return (
    <Group gap={6}>
      {there.map((name) => (
        <span key={name} className={classes.filter}>
          {read[name]}
          <CloseButton
            size="xs"
            aria-label={say('remove', { name: read[name] })}
            onClick={() => change({ ...filters, [name]: undefined })}
          />
        </span>
      ))}
    </Group>
  )
}

/** How each filter reads to people. */
function useReading(filters: Filters): Record<(typeof NAMES)[number], string> {
  const say = useSay()
  const { i18n } = useTranslation()
  const named = (all: { id: string; name: string }[], id?: string) => all.find((one) => one.id === id)?.name ?? id ?? ''
  const operators = useOperators()
  const who =
    filters.who === 'ai' ? say('ai') : filters.who === 'nobody' ? say('unassigned') : named(operators, filters.who)
  const day = (name: 'from' | 'to') =>
    `${say(name)}: ${filters[name] ? date(`${filters[name]}T00:00`, i18n.language) : ''}`
  return {
    q: `“${filters.q ?? ''}”`,
    agent: `${say('agent')}: ${named(useAgents(), filters.agent)}`,
    channel: `${say('channel')}: ${named(useChannels(), filters.channel)}`,
    who: `${say('responsible')}: ${who}`,
    mode: filters.mode ? say(`mode_${filters.mode}`) : '',
    from: day('from'),
    to: day('to'),
  }
}
