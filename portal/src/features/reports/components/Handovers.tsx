import { Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'

import { useSaid } from '@/lib/said'

import { handovers as handoversIn } from '../figures'
import { csvAddress, handovers, type Query } from '../queries'
import { useSay } from '../texts'
import { useDays } from './days'
import { Figure } from './Figure'
import { Plot } from './lazy'
import classes from './reports.module.css'
import { Rows } from './Rows'

export function Handovers({ query }: { query: Query }) {
  const say = useSay()
  const days = useDays()
  const asked = useQuery(handovers(query))
  const rows = asked.data ? handoversIn(asked.data, days) : []
  const series = [
    { name: 'customer', label: say('who_customer'), color: 'teal.6' },
    { name: 'agent', label: say('who_agent'), color: 'violet.6' },
    { name: 'operator', label: say('who_operator'), color: 'baton.7' },
    { name: 'outside', label: say('who_outside'), color: 'orange.5' },
  ]
  return (
    <Figure
      name={say('handovers')}
      how={say('handovers_how')}
      empty={asked.data && asked.data.reasons.length === 0 ? say('handovers_empty') : undefined}
      asked={asked}
      plot={<Plot kind="bars" rows={rows} series={series} />}
      table={<Rows caption={say('handovers')} rows={rows} series={series} />}
    />
  )
}

/** Bars in a table: it is read as one. */
export function Reasons({ query }: { query: Query }) {
  const say = useSay()
  const said = useSaid()
  const asked = useQuery(handovers(query))
  const reasons = asked.data?.reasons ?? []
  const most = reasons[0]?.count ?? 1
  const table = (
    <Table fz="sm">
      <caption className={classes.hiddenText}>{say('reasons')}</caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{say('reason')}</Table.Th>
          <Table.Th scope="col">{say('wantedBy')}</Table.Th>
          <Table.Th scope="col" ta="end">
            {say('count')}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {reasons.map(({ by, reason, count }) => (
          <Table.Tr key={by + reason}>
            <Table.Th scope="row" fw={400}>
              <span dir="auto">{said(reason) || say('noReason')}</span>
              <span className={classes.bar} style={{ inlineSize: `${(count / most) * 100}%` }} />
            </Table.Th>
            <Table.Td>{say(`who_${by}` as 'who_agent')}</Table.Td>
            <Table.Td ta="end">{count}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
  return (
    <Figure
      name={say('reasons')}
      how={say('reasons_how')}
      empty={asked.data && reasons.length === 0 ? say('reasons_empty') : undefined}
      csv={csvAddress('handovers', query)}
      asked={asked}
      table={table}
    />
  )
}
