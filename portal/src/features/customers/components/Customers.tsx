import { ActionIcon, Button, Menu, TextInput, Title, Tooltip } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import {
  IconAdjustments,
  IconDots,
  IconDownload,
  IconFilter,
  IconPlus,
  IconSearch,
  IconUpload,
  IconX,
} from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState, type RefObject } from 'react'
import { useTranslation } from 'react-i18next'

import { EmptyState, ErrorState, LoadingLines } from '@/components/States'
import { useActions } from '@/lib/actions'
import { useKeys } from '@/lib/keys'
import { mayAct, useMe } from '@/lib/me'

import { narrowed, type Asked } from '../asked'
import { exportOf, listOf, numberOf } from '../queries'
import { useSay } from '../texts'
import { useColumns } from './columns'
import classes from './customers.module.css'
import { Table } from './Table'

const AddContact = lazy(() => import('./AddContact'))
const Bring = lazy(() => import('./Bring'))
const Fields = lazy(() => import('./Fields'))
const Filters = lazy(() => import('./Filters'))
const PAUSE = 250
type Dialog = 'add' | 'bring' | 'fields' | null

/** Everybody who is known, found by anything that is known of them. */
export default function Customers() {
  const say = useSay()
  const go = useNavigate()
  const asked = useSearch({ strict: false }) as Asked
  const columns = useColumns()
  const [dialog, open] = useState<Dialog>(null)
  const [filtering, setFiltering] = useState(!!asked.filter)
  const field = useRef<HTMLInputElement>(null)
  const list = useInfiniteQuery(listOf(asked))
  const found = list.data?.pages.flatMap((page) => page.items) ?? []
  const change = (wanted: Asked) => void go({ to: '/customers', search: wanted as never, replace: true })
  const close = () => open(null)
  useCommands(asked, open, () => setFiltering((now) => !now), field)
  return (
    <section className={classes.screen}>
      <Head
        asked={asked}
        change={change}
        open={open}
        field={field}
        filtering={filtering}
        filter={() => setFiltering((now) => !now)}
      />
      <div className={classes.body}>
        {list.isPending ? (
          <div className={classes.scroller}>
            <LoadingLines height={36} count={12} />
          </div>
        ) : list.isError && found.length === 0 ? (
          <ErrorState error={list.error} retry={() => void list.refetch()} />
        ) : (
          <Table
            list={list}
            customers={found}
            name={columns.name}
            columns={columns.shown}
            asked={asked}
            change={change}
          >
            {found.length === 0 &&
              (narrowed(asked) ? (
                <EmptyState title={say('nobody')} text={say('nobodyText')} />
              ) : (
                <EmptyState title={say('none')} text={say('noneText')} />
              ))}
          </Table>
        )}
        <Suspense>
          {filtering && (
            <Filters
              filter={asked.filter}
              apply={(filter) => change({ ...asked, filter })}
              close={() => setFiltering(false)}
            />
          )}
        </Suspense>
      </div>
      <Suspense>
        {dialog === 'add' && <AddContact close={close} />}
        {dialog === 'bring' && <Bring close={close} />}
        {dialog === 'fields' && <Fields columns={columns} close={close} />}
      </Suspense>
    </section>
  )
}

function useCommands(
  asked: Asked,
  open: (which: Dialog) => void,
  filter: () => void,
  field: RefObject<HTMLInputElement | null>,
) {
  const say = useSay()
  const may = mayAct(useMe(), 'operator')
  const group = say('group')
  useKeys([
    { keys: '/', label: say('keySearch'), group, run: () => field.current?.focus() },
    { keys: 'f', label: say('keyFilter'), group, opens: true, run: filter },
    ...(may ? [{ keys: 'n', label: say('keyAdd'), group, opens: true, run: () => open('add') }] : []),
  ])
  useActions([
    ...(may
      ? [
          { id: 'customers add', label: say('add'), group, icon: <IconPlus size={20} />, run: () => open('add') },
          {
            id: 'customers bring',
            label: say('bring'),
            group,
            icon: <IconUpload size={20} />,
            run: () => open('bring'),
          },
        ]
      : []),
    {
      id: 'customers take',
      label: say('take'),
      group,
      icon: <IconDownload size={20} />,
      run: () => location.assign(exportOf(asked)),
    },
    {
      id: 'customers fields',
      label: say('fields'),
      group,
      icon: <IconAdjustments size={20} />,
      run: () => open('fields'),
    },
  ])
}

interface HeadGiven {
  asked: Asked
  change: (wanted: Asked) => void
  open: (which: Dialog) => void
  field: RefObject<HTMLInputElement | null>
  filtering: boolean
  filter: () => void
}

function Head({ asked, change, open, field, filtering, filter }: HeadGiven) {
  const say = useSay()
  const may = mayAct(useMe(), 'operator')
  return (
    <header className={classes.head}>
      <div>
        <Title order={1} size="h3">
          {say('title')}
        </Title>
        <Count asked={asked} />
      </div>
      <Search words={asked.q ?? ''} find={(q) => change({ ...asked, q: q || undefined })} field={field} />
      <Button
        variant={asked.filter ? 'light' : 'default'}
        leftSection={<IconFilter size={16} aria-hidden />}
        aria-expanded={filtering}
        onClick={filter}
      >
        {say('filters')}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={say('more')}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {may && (
            <Menu.Item leftSection={<IconUpload size={16} aria-hidden />} onClick={() => open('bring')}>
              {say('bring')}
            </Menu.Item>
          )}
          <Menu.Item component="a" href={exportOf(asked)} download leftSection={<IconDownload size={16} aria-hidden />}>
            {say('take')}
          </Menu.Item>
          <Menu.Item leftSection={<IconAdjustments size={16} aria-hidden />} onClick={() => open('fields')}>
            {say('fields')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {may && (
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => open('add')}>
          {say('add')}
        </Button>
      )}
    </header>
  )
}

/** How many there are; and how many of all, once only some are wanted. */
function Count({ asked }: { asked: Asked }) {
  const say = useSay()
  const { i18n } = useTranslation()
  const { data: some } = useQuery(numberOf(asked))
  const { data: all } = useQuery({ ...numberOf({}), enabled: narrowed(asked) })
  const shown = (one: { count: number; exact: boolean }) =>
    (one.exact ? '' : '≈ ') + new Intl.NumberFormat(i18n.language).format(one.count)
  return (
    <span className={classes.count} role="status">
      {some &&
        (narrowed(asked) && all
          ? say('numberOf', { some: shown(some), all: shown(all) })
          : say('number', { count: some.count, all: shown(some) }))}
    </span>
  )
}

interface Searching {
  words: string
  find: (words: string) => void
  field: RefObject<HTMLInputElement | null>
}

/** What is being typed is the field's own; the address follows. */
function Search({ words, find, field }: Searching) {
  const say = useSay()
  const [typed, setTyped] = useState(words)
  const later = useDebouncedCallback(find, PAUSE)
  useEffect(() => {
    if (document.activeElement !== field.current) setTyped(words)
  }, [words, field])
  const change = (now: string) => {
    setTyped(now)
    later(now)
  }
  return (
    <TextInput
      ref={field}
      className={classes.search}
      aria-label={say('search')}
      placeholder={say('search')}
      value={typed}
      maxLength={200}
      onChange={(event) => change(event.currentTarget.value)}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        typed && (
          <Tooltip label={say('clear')}>
            <ActionIcon variant="subtle" color="gray" aria-label={say('clear')} onClick={() => change('')}>
              <IconX size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
        )
      }
    />
  )
}
