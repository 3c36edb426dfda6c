import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { containment, duration, replies as repliesIn } from '../figures'
import { csvAddress, replies, sessions, type Query } from '../queries'
import { useSay } from '../texts'
import { useDays } from './days'
import { Figure } from './Figure'
import { Plot } from './lazy'
import { Rows } from './Rows'

export function FirstReply({ query }: { query: Query }) {
  const say = useSay()
  const days = useDays()
  const { i18n } = useTranslation()
  const asked = useQuery(replies(query))
  const rows = asked.data ? repliesIn(asked.data, days) : []
  const read = (value: number | null) => duration(value, i18n.language)
  const series = [
    { name: 'agent', label: say('who_agent'), color: 'violet.6' },
    { name: 'human', label: say('who_human'), color: 'baton.7' },
  ]
  const none = asked.data && asked.data.total.agent.count + asked.data.total.human.count === 0
  return (
    <Figure
      name={say('first')}
      how={say('first_how')}
      empty={none ? say('first_empty') : undefined}
      csv={csvAddress('replies', query)}
      asked={asked}
      plot={<Plot kind="lines" rows={rows} series={series} format={read} />}
      table={<Rows caption={say('first')} rows={rows} series={series} format={read} />}
    />
  )
}

export function Containment({ query }: { query: Query }) {
  const say = useSay()
  const days = useDays()
  const { i18n } = useTranslation()
  const asked = useQuery(sessions(query))
  const rows = asked.data ? containment(asked.data, days) : []
  const series = [{ name: 'containment', label: say('contained'), color: 'teal.6' }]
  const read = (value: number | null) =>
    value === null ? '–' : value.toLocaleString(i18n.language, { style: 'percent' })
  return (
    <Figure
      name={say('containment')}
      how={say('containment_how')}
      empty={asked.data?.total.containment === null ? say('containment_empty') : undefined}
      csv={csvAddress('sessions', query)}
      asked={asked}
      plot={<Plot kind="lines" rows={rows} series={series} format={read} most={1} />}
      table={<Rows caption={say('containment')} rows={rows} series={series} format={read} />}
    />
  )
}
