import { Anchor, Button } from '@mantine/core'
import { IconAlertTriangle, IconCircleX, IconInfoCircle } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { EmptyState, ErrorState, LoadingLines } from '@/components/States'
import type { Schemas } from '@/lib/api'
import { useSaid } from '@/lib/said'
import { brief } from '@/lib/time'

import { logOf } from '../queries'
import { useSay } from '../texts'
import classes from './channels.module.css'

/** What happened to a channel, the newest first. */
export function Log({ channelId }: { channelId: string }) {
  const say = useSay()
  const asked = useInfiniteQuery(logOf(channelId))
  if (asked.isPending) return <LoadingLines count={5} height={44} />
  const lines = asked.data?.pages.flatMap((page) => page.items) ?? []
  if (asked.isError && lines.length === 0) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />
  if (lines.length === 0) return <EmptyState title={say('logNone')} text={say('logNoneText')} />
  return (
    <>
      <ol className={classes.log} aria-label={say('tabLog')}>
        {lines.map((one) => (
          <Line key={one.n} happening={one} />
        ))}
      </ol>
      {asked.hasNextPage && (
        <Button variant="default" mt="md" loading={asked.isFetchingNextPage} onClick={() => void asked.fetchNextPage()}>
          {say('logMore')}
        </Button>
      )}
    </>
  )
}

const ICONS = { info: IconInfoCircle, warning: IconAlertTriangle, error: IconCircleX }

function Line({ happening }: { happening: Schemas['HappeningView'] }) {
  const say = useSay()
  const { i18n } = useTranslation()
  const said = useSaid()
  const { kind, level, code, detail, session_id, times, at, last_at } = happening
  const Icon = ICONS[level]
  return (
    <li className={classes.line} data-level={level}>
      <Icon size={18} stroke={1.8} role="img" aria-label={say(`level_${level}`)} />
      <div className={classes.what}>
        <strong>{say(`log_${kind}`)}</strong>
        {detail && <span>{said(detail)}</span>}
        <span className={classes.dim}>
          {[
            code && say('logCode', { code }),
            times > 1 && say('logTimes', { count: times, when: brief(at, i18n.language) }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
        {session_id && (
          <Anchor component={Link} to={`/sessions/${session_id}`} size="sm">
            {say('logSession')}
          </Anchor>
        )}
      </div>
      <time dateTime={last_at} className={classes.dim}>
        {brief(last_at, i18n.language)}
      </time>
    </li>
  )
}
