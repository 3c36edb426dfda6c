import { Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'

import { byChannel, ENDS, outcomes } from '../figures'
import { csvAddress, sessions, volume, type Query } from '../queries'
import { useSay } from '../texts'
import { useDays } from './days'
import { Figure } from './Figure'
import { Plot, Ring } from './lazy'
import classes from './reports.module.css'
import { Rows } from './Rows'

const COLORS = { agent: 'violet.6', operator: 'baton.7', clock: 'gray.5', outside: 'orange.5', unfinished: 'teal.4' }

export function Ends({ query }: { query: Query }) {
  const say = useSay()
  const days = useDays()
  const asked = useQuery(sessions(query))
  const series = ENDS.map((name) => ({ name, label: say(`end_${name}`), color: COLORS[name] }))
  const rows = asked.data ? outcomes(asked.data, days) : []
  return (
    <Figure
      name={say('ends')}
      how={say('ends_how')}
      empty={asked.data?.total.opened === 0 ? say('ends_empty') : undefined}
      csv={csvAddress('sessions', query)}
      asked={asked}
      plot={<Plot kind="bars" rows={rows} series={series} />}
      table={<Rows caption={say('ends')} rows={rows} series={series} />}
    />
  )
}

const RING = ['teal.6', 'orange.6', 'cyan.6', 'grape.6', 'baton.6', 'lime.7', 'pink.6', 'gray.6']

export function Channels({ query }: { query: Query }) {
  const say = useSay()
  const asked = useQuery(volume(query))
  const found = asked.data ? byChannel(asked.data) : []
  const parts = found.map(({ name, opened }, index) => ({
    name,
    value: opened,
    color: RING[index % RING.length] ?? 'gray.6',
  }))
  const table = (
    <Table fz="sm">
      <caption className={classes.hiddenText}>{say('channels')}</caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{say('channel')}</Table.Th>
          <Table.Th scope="col" ta="end">
            {say('conversations')}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {parts.map(({ name, value, color }) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" fw={400}>
              <span
                className={classes.swatch}
                style={{ background: `var(--mantine-color-${color.replace('.', '-')})` }}
              />
              <bdi>{name}</bdi>
            </Table.Th>
            <Table.Td ta="end">{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
  return (
    <Figure
      name={say('channels')}
      how={say('channels_how')}
      empty={asked.data && found.length === 0 ? say('channels_empty') : undefined}
      csv={csvAddress('volume', query)}
      asked={asked}
      table={
        <div className={classes.ring}>
          <div aria-hidden>
            <Ring parts={parts} />
          </div>
          <div className={classes.beside}>{table}</div>
        </div>
      }
    />
  )
}
