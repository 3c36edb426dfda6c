import { Table } from '@mantine/core'

import type { Row } from '../figures'
import { useSay } from '../texts'
import classes from './reports.module.css'
import type { Series } from './series'

interface Given {
  caption: string
  rows: Row[]
  series: Series[]
  format?: (value: number | null) => string
}

/** The table that says what a plot shows. */
export function Rows({ caption, rows, series, format = (value) => String(value ?? '–') }: Given) {
  const say = useSay()
  return (
    <Table captionSide="top" stickyHeader fz="sm">
      <caption className={classes.hiddenText}>{caption}</caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{say('days')}</Table.Th>
          {series.map((one) => (
            <Table.Th key={one.name} scope="col" ta="end">
              {one.label}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={row.label}>
            <Table.Th scope="row" fw={400}>
              {row.label}
            </Table.Th>
            {series.map((one) => (
              <Table.Td key={one.name} ta="end">
                {format(row[one.name] as number | null)}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
