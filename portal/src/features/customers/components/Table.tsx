import { Group } from '@mantine/core'
import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useEffect, useRef, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { ChannelIcon } from '@/components/ChannelIcon'
import { Face } from '@/components/Face'
import { useKeys } from '@/lib/keys'
import { date } from '@/lib/time'

import { addressOf, knownBy, type Customer } from '../queries'
import { useSay } from '../texts'
import classes from './customers.module.css'

const ROW = 52
const AHEAD = 12

interface Given {
  asked: UseInfiniteQueryResult
  customers: Customer[]
}

/** Only rows that are seen are in the page; more are fetched before they are needed. */
export function Table({ asked, customers }: Given) {
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
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = asked
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
    step(event.key === 'ArrowDown' ? 1 : -1)
    event.preventDefault()
  }
  return (
    <div className={classes.scroller} ref={scroller}>
      <div
        role="table"
        aria-label={say('title')}
        aria-rowcount={hasNextPage ? -1 : customers.length + 1}
        className={classes.table}
        onKeyDown={arrows}
      >
        <div role="rowgroup" className={classes.heading}>
          <div role="row" aria-rowindex={1} className={classes.row}>
            <span role="columnheader">{say('name')}</span>
            <span role="columnheader" className={classes.wide}>{say('email')}</span>
            <span role="columnheader" className={classes.wide}>{say('phone')}</span>
            <span role="columnheader">{say('channels')}</span>
            <span role="columnheader" className={classes.wide}>{say('language')}</span>
            <span role="columnheader" className={classes.wide}>{say('created')}</span>
          </div>
        </div>
        <div role="rowgroup" style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {seen.map(({ index, start }) => {
            const customer = customers[index]
            return customer && <Row key={customer.id} customer={customer} index={index} start={start} />
          })}
        </div>
      </div>
    </div>
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
}

const Row = memo(function Row({ customer, index, start }: Line) {
  const say = useSay()
  const go = useNavigate()
  const { i18n } = useTranslation()
  const name = customer.name || say('unknown')
  const to = `/customers/${customer.id}`
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={classes.row}
      style={{ position: 'absolute', insetInline: 0, height: ROW, transform: `translateY(${start}px)` }}
      onDoubleClick={() => void go({ to })}
    >
      <span role="cell" className={classes.name}>
        <Face name={name} size={32} />
        <Link className={classes.link} to={to}>
          {name}
        </Link>
      </span>
      <span role="cell" className={classes.wide}>{addressOf(customer, 'email')}</span>
      <span role="cell" className={classes.wide}>{addressOf(customer, 'phone')}</span>
      <span role="cell">
        <Group gap={4} wrap="nowrap">
          {knownBy(customer).map((one) => (
            <ChannelIcon key={one.kind + one.name} {...one} size={22} />
          ))}
        </Group>
      </span>
      <span role="cell" className={classes.wide}>{customer.language}</span>
      <span role="cell" className={classes.wide}>
        <time dateTime={customer.created_at}>{date(customer.created_at, i18n.language)}</time>
      </span>
    </div>
  )
})
