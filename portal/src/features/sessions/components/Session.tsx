import { ActionIcon, Anchor, Badge, Button, Drawer, Menu, Text, Title, Tooltip } from '@mantine/core'
import { useLocalStorage, useMediaQuery } from '@mantine/hooks'
import {
  IconArrowLeft,
  IconDotsVertical,
  IconDownload,
  IconHeadset,
  IconLayoutSidebarRightCollapse,
  IconLayoutSidebarRightExpand,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'

import { ChannelIcon } from '@/components/ChannelIcon'
import { EmptyState, ErrorState, LoadingState } from '@/components/States'
import { ApiError, type Schemas } from '@/lib/api'
import { useKeys } from '@/lib/keys'

import { detailsOf, sessionOf } from '../queries'
import { useSay } from '../texts'
import { Chat } from './Chat'
import { Details } from './Details'
import { HandOver } from './HandOver'
import classes from './sessions.module.css'

interface Given {
  id: string
  narrow?: boolean
  back: () => void
}

/** One session: its messages, and beside them what was known and what came of it. */
export function Session({ id, narrow = false, back }: Given) {
  const say = useSay()
  const { data: session, error, isPending, refetch } = useQuery(sessionOf(id))
  const roomy = useMediaQuery('(min-width: 75em)', undefined, { getInitialValueInEffect: false })
  const [kept, setKept] = useLocalStorage({
    key: 'baton.sessions.details',
    defaultValue: true,
    getInitialValueInEffect: false,
  })
  const [drawn, setDrawn] = useState(false)
  const toggle = () => (roomy ? setKept(!kept) : setDrawn(!drawn))
  useKeys([{ keys: 'd', label: say('keyDetails'), group: say('group'), run: toggle }])
  if (isPending) return <LoadingState />
  if (error instanceof ApiError && error.status === 404)
    return (
      <EmptyState title={say('goneTitle')} text={say('goneText')}>
        <Button variant="default" onClick={back}>
          {say('back')}
        </Button>
      </EmptyState>
    )
  if (!session) return <ErrorState error={error} retry={() => void refetch()} />
  const shown = roomy ? kept : drawn
  return (
    <div className={classes.session}>
      <section className={classes.chat} aria-label={session.customer.name || say('unknown')}>
        <Head session={session} back={narrow ? back : undefined} shown={shown} toggle={toggle} />
        <Chat id={id} />
        <HandOver key={id} session={session} />
      </section>
      {roomy && kept && (
        <aside className={classes.details} aria-label={say('details')}>
          <Details session={session} close={toggle} />
        </aside>
      )}
      {!roomy && (
        <Drawer
          opened={drawn}
          onClose={() => setDrawn(false)}
          position="right"
          size={360}
          title={say('details')}
          closeButtonProps={{ 'aria-label': say('hideDetails') }}
        >
          <Details session={session} />
        </Drawer>
      )}
    </div>
  )
}

interface HeadGiven {
  session: Schemas['FullSessionView']
  back?: () => void
  shown: boolean
  toggle: () => void
}

function Head({ session, back, shown, toggle }: HeadGiven) {
  const say = useSay()
  const { data: details } = useQuery(detailsOf(session.id))
  const name = session.customer.name || say('unknown')
  const count = details?.results.messages
  const Side = shown ? IconLayoutSidebarRightCollapse : IconLayoutSidebarRightExpand
  return (
    <header className={classes.head}>
      {back && (
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={say('back')} onClick={back}>
          <IconArrowLeft size={20} aria-hidden className={classes.turns} />
        </ActionIcon>
      )}
      <ChannelIcon kind={session.channel.kind} name={session.channel.name} size={30} />
      <div className={classes.who}>
        <div className={classes.titled}>
          <Title order={back ? 1 : 2} size="h4" className={classes.cut}>
            <Anchor
              component={Link}
              to={`/customers/${session.customer.id}`}
              inherit
              c="inherit"
              aria-label={say('profile', { name })}
            >
              <bdi>{name}</bdi>
            </Anchor>
          </Title>
          {count !== undefined && (
            <Tooltip label={say('messages', { count })}>
              <Badge variant="default" size="md" role="img" aria-label={say('messages', { count })}>
                {count}
              </Badge>
            </Tooltip>
          )}
        </div>
        <Text size="sm" c="dimmed" className={classes.cut}>
          {session.finished_at === null && <span className={classes.dot} role="img" aria-label={say('active')} />}{' '}
          {session.agent?.name ?? say('noAgent')}
          {session.subject && <bdi> · {session.subject}</bdi>}
        </Text>
      </div>
      <span className={classes.space} />
      <More session={session} />
      <Tooltip label={say(shown ? 'hideDetails' : 'showDetails')}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={36}
          aria-label={say(shown ? 'hideDetails' : 'showDetails')}
          aria-expanded={shown}
          onClick={toggle}
        >
          <Side size={20} aria-hidden className={classes.turns} />
        </ActionIcon>
      </Tooltip>
    </header>
  )
}

function More({ session }: { session: Schemas['FullSessionView'] }) {
  const say = useSay()
  const file = `/api/v1/sessions/${session.id}/export?format=`
  return (
    <Menu position="bottom-end" withinPortal width={260}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={say('more')}>
          <IconDotsVertical size={20} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {session.finished_at === null && (
          <Menu.Item component={Link} to={`/human-agents/${session.id}`} leftSection={<IconHeadset size={18} />}>
            {say('openWorkspace')}
          </Menu.Item>
        )}
        <Menu.Label>{say('exportOne')}</Menu.Label>
        <Menu.Item component="a" href={`${file}text`} download leftSection={<IconDownload size={18} />}>
          {say('exportText')}
        </Menu.Item>
        <Menu.Item component="a" href={`${file}json`} download leftSection={<IconDownload size={18} />}>
          {say('exportJson')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
