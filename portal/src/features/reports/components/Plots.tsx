import '@mantine/charts/styles.css'

import { BarChart, DonutChart, LineChart } from '@mantine/charts'

import type { Row } from '../figures'
import type { Series } from './series'

export interface Plotted {
  kind: 'bars' | 'lines'
  rows: Row[]
  series: Series[]
  format?: (value: number) => string
  /** The highest value of the scale, if it is fixed. */
  most?: number
}

const HEIGHT = 260
/** What is shown is said by the table beside it, and no plot is a stop for the keyboard. */
const SILENT = { accessibilityLayer: false }

/** The plots themselves, in a chunk of their own. */
export default function Plots({ kind, rows, series, format, most }: Plotted) {
  const shared = {
    h: HEIGHT,
    data: rows,
    dataKey: 'label',
    series,
    valueFormatter: format,
    tickLine: 'none' as const,
    yAxisProps: { width: format ? 60 : 40, allowDecimals: false, ...(most ? { domain: [0, most] } : {}) },
    xAxisProps: { minTickGap: 24 },
    tooltipAnimationDuration: 0,
  }
  if (kind === 'lines')
    return (
      <LineChart
        {...shared}
        curveType="monotone"
        connectNulls
        strokeWidth={2}
        dotProps={{ r: 3 }}
        lineChartProps={SILENT}
        lineProps={{ isAnimationActive: false }}
      />
    )
  return (
    <BarChart
      {...shared}
      type="stacked"
      maxBarWidth={36}
      barChartProps={SILENT}
      barProps={{ isAnimationActive: false }}
    />
  )
}

export interface Part {
  name: string
  value: number
  color: string
}

export function Ring({ parts }: { parts: Part[] }) {
  return (
    <DonutChart
      data={parts}
      size={180}
      thickness={26}
      withLabelsLine={false}
      tooltipDataSource="segment"
      pieChartProps={SILENT}
      pieProps={{ isAnimationActive: false, rootTabIndex: -1 }}
    />
  )
}
