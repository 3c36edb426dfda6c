import { Button, Tooltip, UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconHeadphones } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useEffect, useEffectEvent, useRef, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { ChannelIcon } from '@/components/ChannelIcon'
import { EmptyState, ErrorState, LoadingLines } from '@/components/States'
import { brief, full } from '@/lib/time'

import { NAMES, type Filters } from '../filters'
import type { Card } from '../listing'
import { useSay } from '../texts'
import { Responsible } from './Responsible'
import classes from './sessions.module.css'

const ROW = 50
const AHEAD = 12

interface Given {
  asked: UseInfiniteQueryResult
  cards: Card[]
  chosen?: string
  filters: Filters
  change: (wanted: Filters) => void
}

/** The list itself: only rows that are seen are in the page, and more are fetched before they are needed. */
export function Table({ asked, cards, chosen, filters, change }: Given) {
  const say = useSay()
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: cards.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: AHEAD,
    getItemKey: (index) => cards[index]?.id ?? index,
  })
  const seen = rows.getVirtualItems()
  const last = seen.at(-1)?.index ?? 0
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = asked
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= cards.length - AHEAD) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, last, cards.length])
  const at = cards.findIndex((one) => one.id === chosen)
  const shown = at >= 0
  const show = useEffectEvent(() => rows.scrollToIndex(at, { align: 'auto' }))
  useEffect(() => {
    // Only when another one is chosen: what comes in above must not move the list under the reader.
    if (shown) show()
  }, [chosen, shown])
  if (asked.isPending) return <LoadingLines height={36} count={10} />
  if (asked.isError && cards.length === 0) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />
  if (cards.length === 0) return <Nothing filters={filters} change={change} />
  return (
    <div className={classes.scroller} ref={scroller}>
      <div
        role="table"
        aria-label={say('table')}
        aria-rowcount={asked.hasNextPage ? -1 : cards.length + 1}
        className={classes.table}
        onKeyDown={walk}
      >
        <Heading filters={filters} change={change} />
        <div role="rowgroup" style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {seen.map(({ index, start }) => {
            const card = cards[index]
            return (
              card && (
                <Row
                  key={card.id}
                  card={card}
                  index={index}
                  start={start}
                  chosen={card.id === chosen}
                  filters={filters}
                />
              )
            )
          })}
        </div>
      </div>
    </div>
  )
}

/** Arrow keys go from row to row. */
function walk(event: KeyboardEvent<HTMLDivElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=rowgroup] a')]
  const to = links.indexOf(document.activeElement as HTMLElement) + (event.key === 'ArrowDown' ? 1 : -1)
  links[Math.max(0, to)]?.focus()
  event.preventDefault()
}

function Heading({ filters, change }: Pick<Given, 'filters' | 'change'>) {
  const say = useSay()
  const oldest = filters.order === 'oldest'
  const byEnd = filters.view === 'finished'
  const Arrow = oldest ? IconArrowUp : IconArrowDown
  return (
    <div role="rowgroup" className={classes.heading}>
      <div role="row" className={classes.row} aria-rowindex={1}>
        <span role="columnheader" className={classes.agent}>
          <span className={classes.cut}>{say('agent')}</span>
        </span>
        <span role="columnheader" className={classes.icon}>
          <span className={classes.hiddenText}>{say('channel')}</span>
        </span>
        <span role="columnheader" className={classes.icon}>
          <Tooltip label={say('responsible')}>
            <span role="img" aria-label={say('responsible')}>
              <IconHeadphones size={17} aria-hidden />
            </span>
          </Tooltip>
        </span>
        <span role="columnheader">{say('user')}</span>
        <span role="columnheader" aria-sort={byEnd ? undefined : oldest ? 'ascending' : 'descending'}>
          {byEnd ? (
            say('started')
          ) : (
            <Tooltip label={say(oldest ? 'oldestFirst' : 'newestFirst')}>
              <UnstyledButton
                className={classes.sort}
                onClick={() => change({ ...filters, order: oldest ? undefined : 'oldest' })}
              >
                {say('started')} <Arrow size={14} aria-hidden />
              </UnstyledButton>
            </Tooltip>
          )}
        </span>
        <span role="columnheader" className={classes.wide} aria-sort={byEnd ? 'descending' : undefined}>
          {say('ended')}
        </span>
      </div>
    </div>
  )
}

interface RowGiven {
  card: Card
  index: number
  start: number
  chosen: boolean
  filters: Filters
}

/** Scrolling draws only rows that come into view. */
const Row = memo(function Row({ card, index, start, chosen, filters }: RowGiven) {
  const say = useSay()
  const { i18n } = useTranslation()
  const active = card.finished_at === null
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-current={chosen || undefined}
      className={classes.row}
      data-chosen={chosen || undefined}
      style={{
        position: 'absolute',
        insetBlockStart: 0,
        insetInline: 0,
        height: ROW,
        transform: `translateY(${start}px)`,
      }}
    >
      <span role="cell" className={classes.agent}>
        {active ? (
          <span className={classes.dot} role="img" aria-label={say('active')} />
        ) : (
          <span className={classes.noDot} />
        )}
        <span className={classes.cut}>{card.agent?.name ?? say('noAgent')}</span>
      </span>
      <span role="cell" className={classes.icon}>
        <ChannelIcon kind={card.channel.kind} name={card.channel.name} size={26} />
      </span>
      <span role="cell" className={classes.icon}>
        <Responsible card={card} />
      </span>
      <span role="cell" className={classes.cell}>
        <Link
          to="/sessions/{-$sessionId}"
          params={{ sessionId: card.id } as never}
          search={filters as never}
          className={classes.link}
          preload={false}
        >
          <bdi>{card.customer.name || say('unknown')}</bdi>
        </Link>
        {card.subject && (
          <bdi className={classes.subject} title={card.subject}>
            {card.subject}
          </bdi>
        )}
      </span>
      <span role="cell" className={classes.when} title={full(card.opened_at, i18n.language)}>
        {brief(card.opened_at, i18n.language)}
      </span>
      <span role="cell" className={`${classes.when} ${classes.wide}`}>
        {card.finished_at ? (
          brief(card.finished_at, i18n.language)
        ) : (
          <span className={classes.hiddenText}>{say('active')}</span>
        )}
      </span>
    </div>
  )
})

function Nothing({ filters, change }: Pick<Given, 'filters' | 'change'>) {
  const say = useSay()
  const narrowed = filters.view !== undefined || NAMES.some((name) => filters[name])
  if (!narrowed) return <EmptyState title={say('emptyTitle')} text={say('emptyText')} />
  return (
    <EmptyState title={say('nothingTitle')}>
      <Button variant="default" onClick={() => change({})}>
        {say('reset')}
      </Button>
    </EmptyState>
  )
}
