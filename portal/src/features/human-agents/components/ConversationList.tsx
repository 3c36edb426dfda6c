import { ActionIcon, TextInput, Title, Tooltip } from '@mantine/core'
import { IconArrowsMaximize, IconArrowsMinimize, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { EmptyState, ErrorState, LoadingLines } from '@/components/States'
import { useKeys } from '@/lib/keys'
import { useMe } from '@/lib/me'

import { CARDS, type Card } from '../api/cards'
import { grouped, rowsOf, type Row, type View } from '../api/groups'
import { useSay } from '../texts'
import { CardLink, cardHeight } from './CardLink'
import { Filter } from './Filter'
import { GroupHeader } from './GroupHeader'
import classes from './list.module.css'
import { useListState } from './useListState'
import { useNow } from './useNow'

const GROUP = 40
const HALF_MINUTE = 30_000
const NONE: Card[] = []

interface Given {
  chosen?: string
  open: (id: string) => void
}

/** Everything that people have or wait for: two views, in groups, with filters. */
export function ConversationList({ chosen, open }: Given) {
  const say = useSay()
  const me = useMe()
  const asked = useQuery(CARDS)
  const cards = useDeferredValue(asked.data) ?? NONE
  const [state, change] = useListState()
  const [words, setWords] = useState('')
  const { view } = state
  const only = state.only[view]
  const groups = useMemo(
    () => grouped(cards, { view, me: me.id, only, words: words.trim() }),
    [cards, view, me.id, only, words],
  )
  const folded = useMemo(() => new Set(state.folded[view]), [state.folded, view])
  const rows = useMemo(() => rowsOf(groups, folded), [groups, folded])
  const fold = (ids: string[]) => change({ folded: { ...state.folded, [view]: ids } })
  const toggle = (id: string) => fold(folded.has(id) ? [...folded].filter((one) => one !== id) : [...folded, id])
  const allFolded = groups.length > 0 && groups.every(({ id }) => folded.has(id))
  const look = (wanted: View) => change({ view: wanted })
  const search = useRef<HTMLInputElement>(null)
  useKeys([
    { keys: 'v', label: say('keyView'), group: say('keys'), run: () => look(view === 'agent' ? 'human' : 'agent') },
    {
      keys: 'z',
      label: `${say('expand')} / ${say('collapse')}`,
      group: say('keys'),
      run: () => fold(allFolded ? [] : groups.map(({ id }) => id)),
    },
    { keys: '/', label: say('keySearch'), group: say('keys'), run: () => search.current?.focus() },
  ])
  return (
    <section className={classes.list} aria-label={say('list')}>
      <header className={classes.head}>
        <Title order={1} size="h3">
          {say('title')}
        </Title>
        <div className={classes.views} role="group" aria-label={say('title')}>
          {(['agent', 'human'] as const).map((one) => (
            <button key={one} type="button" aria-pressed={view === one} onClick={() => look(one)}>
              {say(one === 'agent' ? 'viewAgent' : 'viewHuman')}
            </button>
          ))}
        </div>
        <div className={classes.tools}>
          <TextInput
            ref={search}
            className={classes.search}
            size="sm"
            placeholder={say('search')}
            aria-label={say('search')}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return
              setWords('')
              event.currentTarget.blur()
            }}
          />
          <Filter
            view={view}
            only={only}
            cards={cards}
            change={(ids) => change({ only: { ...state.only, [view]: ids } })}
          />
          <Tooltip label={say(allFolded ? 'expand' : 'collapse')}>
            <ActionIcon
              variant="default"
              size={36}
              aria-label={say(allFolded ? 'expand' : 'collapse')}
              onClick={() => fold(allFolded ? [] : groups.map(({ id }) => id))}
            >
              {allFolded ? <IconArrowsMaximize size={18} /> : <IconArrowsMinimize size={18} />}
            </ActionIcon>
          </Tooltip>
        </div>
      </header>
      {asked.data ? (
        <Rows
          key={view}
          rows={rows}
          chosen={chosen}
          open={open}
          toggle={toggle}
          narrowed={only.length > 0 || words !== ''}
        />
      ) : asked.error ? (
        <ErrorState error={asked.error} retry={() => void asked.refetch()} />
      ) : (
        <LoadingLines count={7} height={76} />
      )}
    </section>
  )
}

interface RowsGiven extends Given {
  rows: Row[]
  toggle: (group: string) => void
  narrowed: boolean
}

/** Only what is in view, and a little more, is in the page. */
function Rows({ rows, chosen, open, toggle, narrowed }: RowsGiven) {
  const say = useSay()
  const { i18n } = useTranslation()
  const now = useNow(HALF_MINUTE)
  const area = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => area.current,
    estimateSize: (index) => {
      const row = rows[index]
      return row?.kind === 'card' ? cardHeight(row.card) : GROUP
    },
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 6,
  })
  useEffect(() => virtual.measure(), [rows, virtual])
  useSteps({ rows, chosen, open, show: (index) => virtual.scrollToIndex(index) })
  if (rows.length === 0)
    return narrowed ? (
      <EmptyState title={say('filterNothing')} />
    ) : (
      <EmptyState title={say('emptyTitle')} text={say('emptyText')} />
    )
  return (
    <div className={classes.rows} ref={area} id="conversations" tabIndex={-1}>
      <div role="list" aria-label={say('list')} style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, key, size, start }) => {
          const row = rows[index]
          if (!row) return null
          return (
            <div
              key={key}
              role="listitem"
              aria-posinset={index + 1}
              aria-setsize={rows.length}
              className={classes.row}
              style={{ height: size, transform: `translateY(${start}px)` }}
            >
              {row.kind === 'group' ? (
                <GroupHeader group={row.group} folded={row.folded} toggle={() => toggle(row.group.id)} />
              ) : (
                <CardLink card={row.card} chosen={row.card.id === chosen} now={now} language={i18n.language} />
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}

interface Steps extends Given {
  rows: Row[]
  show: (index: number) => void
}

/** `j` and `k` go from one conversation to the next, also faster than they are drawn. */
function useSteps({ rows, chosen, open, show }: Steps): void {
  const say = useSay()
  const here = useRef(chosen)
  useEffect(() => {
    here.current = chosen
  }, [chosen])
  const step = (by: 1 | -1) => {
    const at = rows.findIndex((row) => row.key === here.current)
    const isCard = (row: Row) => row.kind === 'card'
    const next =
      by === 1
        ? rows.findIndex((row, index) => index > at && isCard(row))
        : at < 0
          ? -1
          : rows.slice(0, at).findLastIndex(isCard)
    const row = rows[next]
    if (row?.kind !== 'card') return
    here.current = row.card.id
    show(next)
    open(row.card.id)
  }
  useKeys([
    { keys: 'j', label: say('keyNext'), group: say('keys'), run: () => step(1) },
    { keys: 'k', label: say('keyPrevious'), group: say('keys'), run: () => step(-1) },
  ])
}
