import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { sum } from '../figures'
import { csvAddress, volume, type Query } from '../queries'
import { useSay } from '../texts'
import { Figure } from './Figure'
import classes from './reports.module.css'

const MONDAY = Date.UTC(2024, 0, 1)
const DAY = 86_400_000
const HOURS = Array.from({ length: 24 }, (_, hour) => hour)
const EVERY = 3

/** A week, hour by hour; the more, the darker. It is a table, and read as one. */
export function Hours({ query }: { query: Query }) {
  const say = useSay()
  const { i18n } = useTranslation()
  const asked = useQuery(volume(query))
  const hours = asked.data?.hours ?? []
  const most = Math.max(1, ...hours.map((one) => one.opened))
  const name = (weekday: number, long: 'long' | 'short') =>
    new Intl.DateTimeFormat(i18n.language, { weekday: long, timeZone: 'UTC' }).format(MONDAY + weekday * DAY)
  const count = (weekday: number, hour: number) =>
    hours.find((one) => one.weekday === weekday && one.hour === hour)?.opened ?? 0
  const table = (
    <table className={classes.hours}>
      <caption className={classes.hiddenText}>{say('hours')}</caption>
      <thead>
        <tr>
          <th scope="col">
            <span className={classes.hiddenText}>{say('weekday')}</span>
          </th>
          {HOURS.map((hour) => (
            <th key={hour} scope="col">
              <span className={hour % EVERY ? classes.hiddenText : undefined}>{hour}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[0, 1, 2, 3, 4, 5, 6].map((weekday) => (
          <tr key={weekday}>
            <th scope="row">
              <abbr title={name(weekday, 'long')}>{name(weekday, 'short')}</abbr>
            </th>
            {HOURS.map((hour) => {
              const many = count(weekday, hour)
              const said = say('hour', { day: name(weekday, 'long'), hour: `${hour}:00`, count: many })
              return (
                <td key={hour} title={said} style={{ '--heat': `${Math.round((many / most) * 100)}%` } as never}>
                  <span className={classes.hiddenText}>{many}</span>
                </td>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
  return (
    <Figure
      name={say('hours')}
      how={say('hours_how')}
      empty={asked.data && sum(hours, (one) => one.opened) === 0 ? say('hours_empty') : undefined}
      csv={csvAddress('volume', query)}
      wide
      asked={asked}
      table={table}
    />
  )
}
