import { Button, Center, Text } from '@mantine/core'
import { IconMailCheck } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { Page } from '@/components/Page'
import { EmptyState, ErrorState, LoadingLines } from '@/components/States'
import { brief, full } from '@/lib/time'

import { QUARANTINE, type Kept } from '../queries'
import { useSay } from '../texts'
import { Body } from './Body'
import classes from './oversight.module.css'
import { Channel, State } from './Parts'

const ADDRESS = '/settings/quarantine/{-$quarantineId}'

/** Settings > Quarantine: genuine bodies that could not be read, and beside it the one that the address names. */
export default function Quarantine() {
  const say = useSay()
  const go = useNavigate()
  const { quarantineId } = useParams({ strict: false }) as { quarantineId?: string }
  const asked = useInfiniteQuery(QUARANTINE)
  const kept = asked.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Page title={say('quarantine')}>
      <Text c="dimmed" size="sm" mb="md">
        {say('quarantineText')}
      </Text>
      {asked.isPending ? (
        <LoadingLines height={44} count={5} />
      ) : asked.isError && kept.length === 0 ? (
        <ErrorState error={asked.error} retry={() => void asked.refetch()} />
      ) : kept.length === 0 ? (
        <EmptyState icon={<IconMailCheck size={28} stroke={1.5} />} title={say('empty')} text={say('emptyText')} />
      ) : (
        <List kept={kept} />
      )}
      {asked.hasNextPage && (
        <Center mt="md">
          <Button variant="default" loading={asked.isFetchingNextPage} onClick={() => void asked.fetchNextPage()}>
            {say('more')}
          </Button>
        </Center>
      )}
      {quarantineId && (
        <Body key={quarantineId} id={quarantineId} close={() => void go({ to: ADDRESS, params: {} as never })} />
      )}
    </Page>
  )
}

function List({ kept }: { kept: Kept[] }) {
  const say = useSay()
  return (
    <div role="table" aria-label={say('quarantine')} className={classes.table}>
      <div role="rowgroup" className={classes.heading}>
        <div role="row" className={classes.row}>
          <span role="columnheader">{say('channel')}</span>
          <span role="columnheader">{say('reason')}</span>
          <span role="columnheader">{say('arrived')}</span>
          <span role="columnheader">{say('state')}</span>
        </div>
      </div>
      <div role="rowgroup">
        {kept.map((one) => (
          <Row key={one.id} kept={one} />
        ))}
      </div>
    </div>
  )
}

function Row({ kept }: { kept: Kept }) {
  const say = useSay()
  const { i18n } = useTranslation()
  return (
    <div role="row" className={classes.row}>
      <span role="cell">
        <Channel id={kept.channel_id} />
      </span>
      <span role="cell" className={classes.reason}>
        <Link to={ADDRESS} params={{ quarantineId: kept.id } as never} className={classes.link}>
          {say('unread')}
        </Link>
        <code className={classes.why}>{kept.error}</code>
      </span>
      <span role="cell" className={classes.small} title={full(kept.received_at, i18n.language)}>
        {brief(kept.received_at, i18n.language)}
      </span>
      <span role="cell">
        <State kept={kept} />
      </span>
    </div>
  )
}
