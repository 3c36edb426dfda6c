import { Progress, Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { suggestions as suggestionsIn, taken } from '../figures'
import { csvAddress, sessions, suggestions, useAgents, type Query } from '../queries'
import { useSay } from '../texts'
import { useDays } from './days'
import { Figure } from './Figure'
import { Plot } from './lazy'
import classes from './reports.module.css'
import { Rows } from './Rows'

const DID = ['used', 'edited', 'dismissed', 'ignored', 'overtaken'] as const
const COLORS = { used: 'teal.6', edited: 'baton.6', dismissed: 'red.6', ignored: 'orange.5', overtaken: 'gray.5' }

export function Suggestions({ query }: { query: Query }) {
  const say = useSay()
  const days = useDays()
  const asked = useQuery(suggestions(query))
  const { data: all } = useQuery(sessions(query))
  const rows = asked.data && all ? suggestionsIn(asked.data, all.rows, days) : []
  const series = DID.map((name) => ({ name, label: say(`did_${name}`), color: COLORS[name] }))
  return (
    <Figure
      name={say('suggestions')}
      how={say('suggestions_how')}
      empty={asked.data && asked.data.total.length === 0 ? say('suggestions_empty') : undefined}
      csv={csvAddress('suggestions', query)}
      asked={asked}
      plot={<Plot kind="bars" rows={rows} series={series} />}
      table={<Rows caption={say('suggestions')} rows={rows} series={series} />}
    />
  )
}

export function Agents({ query }: { query: Query }) {
  const say = useSay()
  const { i18n } = useTranslation()
  const agents = useAgents()
  const asked = useQuery(suggestions(query))
  const all = asked.data?.total ?? []
  const table = (
    <Table fz="sm">
      <caption className={classes.hiddenText}>{say('agents')}</caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{say('agent')}</Table.Th>
          {(['made', ...DID.map((name) => `did_${name}` as const), 'sent'] as const).map((name) => (
            <Table.Th key={name} scope="col" ta="end">
              {say(name)}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {all.map((one) => {
          const sent = taken(one)
          return (
            <Table.Tr key={one.agent_id}>
              <Table.Th scope="row" fw={500}>
                {agents.find(({ id }) => id === one.agent_id)?.name ?? one.agent_id}
                <Progress.Root size={8} mt={6} aria-hidden>
                  {DID.map((name) => (
                    <Progress.Section
                      key={name}
                      value={(100 * one[name]) / Math.max(1, one.made)}
                      color={COLORS[name]}
                      role="presentation"
                    />
                  ))}
                </Progress.Root>
              </Table.Th>
              <Table.Td ta="end">{one.made}</Table.Td>
              {DID.map((name) => (
                <Table.Td key={name} ta="end">
                  {one[name]}
                </Table.Td>
              ))}
              <Table.Td ta="end" fw={600}>
                {sent === null ? '–' : sent.toLocaleString(i18n.language, { style: 'percent' })}
              </Table.Td>
            </Table.Tr>
          )
        })}
      </Table.Tbody>
    </Table>
  )
  return (
    <Figure
      name={say('agents')}
      how={say('agents_how')}
      empty={asked.data && all.length === 0 ? say('agents_empty') : undefined}
      csv={csvAddress('suggestions', query)}
      asked={asked}
      table={table}
    />
  )
}
