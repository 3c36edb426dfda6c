import { Button, Center } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'

import { Log } from '@/components/log/Log'
import { isShown } from '@/components/log/marker'
import { EmptyState, ErrorState, LoadingLines } from '@/components/States'

import { logOf } from '../queries'
import { useSay } from '../texts'
import classes from './sessions.module.css'

/** The session's log, at its newest entry; earlier ones come when they are scrolled to. */
export function Chat({ id }: { id: string }) {
  const say = useSay()
  const asked = useInfiniteQuery(logOf(id))
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = asked
  const top = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const mark = top.current
    if (!mark || !hasNextPage || isFetchingNextPage) return
    const watcher = new IntersectionObserver(([one]) => {
      if (one?.isIntersecting) void fetchNextPage()
    })
    watcher.observe(mark)
    return () => watcher.disconnect()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  if (asked.isPending) return <LoadingLines count={5} />
  if (!asked.data) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />
  const lines = [...asked.data.pages].reverse().flatMap((page) => page.items)
  return (
    <div className={classes.messages} role="region" aria-label={say('log')} tabIndex={0}>
      <div>
        {hasNextPage && (
          <Center ref={top} pt="md">
            <Button variant="subtle" size="xs" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {say('earlier')}
            </Button>
          </Center>
        )}
        {lines.some(isShown) ? (
          <Log sessionId={id} label={say('log')} lines={lines} />
        ) : (
          <EmptyState title={say('silent')} />
        )}
      </div>
    </div>
  )
}
