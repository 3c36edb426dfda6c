import { ActionIcon, Button, TextInput, Title } from '@mantine/core'
import { useDebouncedCallback, useDisclosure } from '@mantine/hooks'
import { IconPlus, IconSearch, IconX } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useRef, useState } from 'react'

import { EmptyState, ErrorState, LoadingLines } from '@/components/States'
import { useActions } from '@/lib/actions'
import { useKeys } from '@/lib/keys'
import { mayAct, useMe } from '@/lib/me'

import { listOf } from '../queries'
import { useSay } from '../texts'
import classes from './customers.module.css'
import { Table } from './Table'

const AddContact = lazy(() => import('./AddContact'))
const PAUSE = 250

/** Everybody who is known, found by name or address. */
export default function Customers() {
  const say = useSay()
  const go = useNavigate()
  const may = mayAct(useMe(), 'operator')
  const { q = '' } = useSearch({ strict: false }) as { q?: string }
  const [adding, { open: add, close }] = useDisclosure()
  const field = useRef<HTMLInputElement>(null)
  const asked = useInfiniteQuery(listOf(q))
  const found = asked.data?.pages.flatMap((page) => page.items) ?? []
  const find = (words: string) =>
    void go({ to: '/customers', search: { q: words || undefined } as never, replace: true })
  useKeys([
    { keys: '/', label: say('keySearch'), group: say('group'), run: () => field.current?.focus() },
    ...(may ? [{ keys: 'n', label: say('keyAdd'), group: say('group'), run: add }] : []),
  ])
  useActions(
    may ? [{ id: 'customers add', label: say('add'), group: say('group'), icon: <IconPlus size={20} />, run: add }] : [],
  )
  return (
    <section className={classes.screen}>
      <header className={classes.head}>
        <Title order={1} size="h3">
          {say('title')}
        </Title>
        <span className={classes.count} role="status">
          {asked.isSuccess && found.length > 0 && say(asked.hasNextPage ? 'shownMore' : 'shown', { count: found.length })}
        </span>
        <Search key={q} words={q} find={find} field={field} />
        {may && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={add}>
            {say('add')}
          </Button>
        )}
      </header>
      {asked.isPending ? (
        <LoadingLines height={36} count={12} />
      ) : asked.isError && found.length === 0 ? (
        <ErrorState error={asked.error} retry={() => void asked.refetch()} />
      ) : found.length === 0 ? (
        <EmptyState title={say(q ? 'nobody' : 'none')} text={say(q ? 'nobodyText' : 'noneText')} />
      ) : (
        <Table asked={asked} customers={found} />
      )}
      <Suspense>{adding && <AddContact close={close} />}</Suspense>
    </section>
  )
}

interface Searching {
  words: string
  find: (words: string) => void
  field: React.RefObject<HTMLInputElement | null>
}

/** What is being typed is the field's own; the address follows. */
function Search({ words, find, field }: Searching) {
  const say = useSay()
  const [typed, setTyped] = useState(words)
  const later = useDebouncedCallback(find, PAUSE)
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
      autoFocus={!!words}
      value={typed}
      onChange={(event) => change(event.currentTarget.value)}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        typed && (
          <ActionIcon variant="subtle" color="gray" aria-label={say('clear')} onClick={() => change('')}>
            <IconX size={16} aria-hidden />
          </ActionIcon>
        )
      }
    />
  )
}
