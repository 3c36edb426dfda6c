import { ActionIcon, Button, Menu, SegmentedControl, Title } from '@mantine/core'
import { useDisclosure, useMediaQuery } from '@mantine/hooks'
import { IconDownload, IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef } from 'react'

import { Divider, useDivided } from '@/components/Divider'
import { EmptyState } from '@/components/States'
import { useActions } from '@/lib/actions'
import { useKeys } from '@/lib/keys'
import { useLive } from '@/lib/live'
import { mayAct, useMe } from '@/lib/me'

import { exportAddress, NAMES, type Filters } from '../filters'
import { listOf } from '../queries'
import { useSay } from '../texts'
import { Chosen } from './Chosen'
import { Session } from './Session'
import classes from './sessions.module.css'
import { Table } from './Table'

const FiltersDialog = lazy(() => import('./FiltersDialog'))
const ADDRESS = '/sessions/{-$sessionId}'
const LIST = 'sessions-list'

/** The Sessions screen: the list, and beside it the session that the address names. */
export default function Sessions() {
  const say = useSay()
  const go = useNavigate()
  const live = useLive()
  const { sessionId } = useParams({ strict: false }) as { sessionId?: string }
  const filters = useSearch({ strict: false }) as Filters
  const divided = useDivided({ name: 'sessions', start: 46, least: 25, most: 70 })
  const narrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false })
  const open = (id?: string) => void go({ to: ADDRESS, params: { sessionId: id } as never, search: filters as never })
  useEffect(() => {
    live.look(sessionId ?? null)
    return () => live.look(null)
  }, [live, sessionId])
  const list = <List chosen={sessionId} filters={filters} open={open} />
  if (narrow) return sessionId ? <Session key={sessionId} id={sessionId} narrow back={() => open()} /> : list
  return (
    <div className={classes.screen}>
      <div className={classes.side} id={LIST} style={{ flexBasis: `${divided.share}%` }}>
        {list}
      </div>
      <Divider label={say('divider')} controls={LIST} divided={divided} />
      <div className={classes.rest}>
        {sessionId ? (
          <Session key={sessionId} id={sessionId} back={() => open()} />
        ) : (
          <EmptyState title={say('choose')} text={say('chooseText')} />
        )}
      </div>
    </div>
  )
}

interface Given {
  chosen?: string
  filters: Filters
  open: (id: string) => void
}

function List({ chosen, filters, open }: Given) {
  const say = useSay()
  const go = useNavigate()
  const [searching, { open: search, close }] = useDisclosure()
  const asked = useInfiniteQuery(listOf(filters))
  const cards = asked.data?.pages.flatMap((page) => page.items) ?? []
  const narrow = (wanted: Filters) =>
    void go({ to: ADDRESS, params: { sessionId: chosen } as never, search: wanted as never, replace: true })
  const here = useRef(chosen) // keys may come faster than pages
  useEffect(() => {
    here.current = chosen
  }, [chosen])
  const step = (by: number) => {
    const at = cards.findIndex((one) => one.id === here.current)
    const next = cards[at < 0 ? 0 : at + by]
    if (!next) return
    here.current = next.id
    open(next.id)
  }
  useKeys([
    { keys: 'j', label: say('keyNext'), group: say('group'), run: () => step(1) },
    { keys: 'k', label: say('keyPrevious'), group: say('group'), run: () => step(-1) },
    { keys: '/', label: say('keyFilters'), group: say('group'), opens: true, run: search },
  ])
  useActions([
    {
      id: 'sessions search',
      label: say('keyFilters'),
      group: say('group'),
      icon: <IconSearch size={20} />,
      run: search,
    },
  ])
  const many = NAMES.filter((name) => filters[name]).length
  return (
    <section className={classes.list}>
      <header className={classes.head}>
        <Title order={1} size="h3">
          {say('title')}
        </Title>
        <span className={classes.space} />
        <Button
          variant={many ? 'light' : 'default'}
          size="sm"
          leftSection={<IconSearch size={16} aria-hidden />}
          onClick={search}
        >
          {many ? say('searchCount', { count: many }) : say('search')}
        </Button>
        <Export filters={filters} />
      </header>
      <div className={classes.bar}>
        <SegmentedControl
          size="xs"
          aria-label={say('show')}
          value={filters.view ?? 'all'}
          onChange={(value) => narrow({ ...filters, view: value === 'all' ? undefined : (value as Filters['view']) })}
          data={[
            { value: 'all', label: say('all') },
            { value: 'active', label: say('active') },
            { value: 'finished', label: say('finished') },
          ]}
        />
        <Chosen filters={filters} change={narrow} />
      </div>
      <Table asked={asked} cards={cards} chosen={chosen} filters={filters} change={narrow} />
      <Suspense>{searching && <FiltersDialog filters={filters} apply={narrow} close={close} />}</Suspense>
    </section>
  )
}

/** Downloads by a link, so that a list of any length is written straight to a file. */
function Export({ filters }: { filters: Filters }) {
  const say = useSay()
  if (!mayAct(useMe(), 'operator')) return null
  return (
    <Menu position="bottom-end" withinPortal width={280}>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={say('exportMany')}>
          <IconDownload size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{say('exportMany')}</Menu.Label>
        <Menu.Item component="a" href={exportAddress(filters, 'csv')} download>
          {say('exportCsv')}
        </Menu.Item>
        <Menu.Item component="a" href={exportAddress(filters, 'ndjson')} download>
          {say('exportLog')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
