import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react'

import { Face } from '@/components/Face'
import { useKeys } from '@/lib/keys'

import type { Asked } from '../asked'
import type { Customer } from '../queries'
import { useSay } from '../texts'
import type { Column } from './columns'
import classes from './customers.module.css'
import { Quick } from './Quick'

const ROW = 52
const AHEAD = 12

interface Given {
  list: UseInfiniteQueryResult
  customers: Customer[]
  name: Column
  columns: Column[]
  asked: Asked
  change: (wanted: Asked) => void
  /** What stands there instead of rows. */
  children?: ReactNode
}

/** Only rows that are seen are in the page; more are fetched before they are needed. */
export function Table({ list, customers, name, columns, asked, change, children }: Given) {
  const say = useSay()
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: customers.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: AHEAD,
    getItemKey: (index) => customers[index]?.id ?? index,
  })
  const seen = rows.getVirtualItems()
  const last = seen.at(-1)?.index ?? 0
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= customers.length - AHEAD) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, last, customers.length])
  const step = (by: number) => walk(scroller.current, by)
  useKeys([
    { keys: 'j', label: say('keyNext'), group: say('group'), run: () => step(1) },
    { keys: 'k', label: say('keyPrevious'), group: say('group'), run: () => step(-1) },
  ])
  const arrows = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    if (event.target instanceof HTMLInputElement) return
    step(event.key === 'ArrowDown' ? 1 : -1)
    event.preventDefault()
  }
  const every = [name, ...columns]
  const widths = { '--columns': every.map(({ width }) => width).join(' ') } as React.CSSProperties
  return (
    <div className={classes.scroller} ref={scroller}>
      <div
        role="table"
        aria-label={say('title')}
        aria-rowcount={hasNextPage ? -1 : customers.length + 2}
        className={classes.table}
        style={widths}
        onKeyDown={arrows}
      >
        <div role="rowgroup" className={classes.heading}>
          <div role="row" aria-rowindex={1} className={classes.row}>
            {every.map((column) => (
              <Title key={column.id} column={column} asked={asked} change={change} />
            ))}
          </div>
          <div role="row" aria-rowindex={2} className={`${classes.row} ${classes.quick}`}>
            {every.map((column) => (
              <span role="cell" key={column.id}>
                {column.quick && (
                  <Quick
                    column={column}
                    value={asked.quick?.[column.id] ?? ''}
                    change={(value) => change({ ...asked, quick: { ...asked.quick, [column.id]: value } })}
                  />
                )}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {seen.map(({ index, start }) => {
            const customer = customers[index]
            return customer && <Row key={customer.id} {...{ customer, index, start, columns }} />
          })}
        </div>
      </div>
      {children}
    </div>
  )
}

/** A title that can be pressed where the list has an order by it. */
function Title({ column, asked, change }: { column: Column } & Pick<Given, 'asked' | 'change'>) {
  const now = asked.order ?? 'newest'
  const { order } = column
  const wide = column.id === 'name' || column.id === 'channels' ? undefined : classes.wide
  if (!order)
    return (
      <span role="columnheader" className={wide}>
        {column.title}
      </span>
    )
  const turned = order === 'newest' && now === 'newest' ? 'oldest' : order
  const here = now === order || (order === 'newest' && now === 'oldest')
  const rising = now === 'name' || now === 'oldest'
  return (
    <span role="columnheader" className={wide} aria-sort={here ? (rising ? 'ascending' : 'descending') : undefined}>
      <button type="button" className={classes.sort} onClick={() => change({ ...asked, order: turned })}>
        {column.title}
        {here && (rising ? <IconArrowUp size={14} aria-hidden /> : <IconArrowDown size={14} aria-hidden />)}
      </button>
    </span>
  )
}

/** Focus goes from row to row. */
function walk(scroller: HTMLElement | null, by: number): void {
  const links = [...(scroller?.querySelectorAll<HTMLElement>('[role=rowgroup] a') ?? [])]
  const at = links.indexOf(document.activeElement as HTMLElement)
  links[at < 0 ? 0 : Math.max(0, at + by)]?.focus()
}

interface Line {
  customer: Customer
  index: number
  start: number
  columns: Column[]
}

const Row = memo(function Row({ customer, index, start, columns }: Line) {
  const say = useSay()
  const go = useNavigate()
  const name = customer.name || say('unknown')
  const to = `/customers/${customer.id}`
  return (
    <div
      role="row"
      aria-rowindex={index + 3}
      className={classes.row}
      style={{ position: 'absolute', insetInline: 0, height: ROW, transform: `translateY(${start}px)` }}
      onDoubleClick={() => void go({ to })}
    >
      <span role="cell" className={classes.name}>
        <Face name={name} size={32} />
        <Link className={classes.link} to={to} dir="auto">
          {name}
        </Link>
      </span>
      {columns.map((column) => (
        <span role="cell" key={column.id} className={column.id === 'channels' ? undefined : classes.wide} dir="auto">
          {column.cell(customer)}
        </span>
      ))}
    </div>
  )
})
