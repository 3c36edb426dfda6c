import { Button, Center } from '@mantine/core'
import { useMergedRef, useResizeObserver } from '@mantine/hooks'
import { IconArrowDown } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

import { Log } from '@/components/log/Log'
import { isShown, type Line } from '@/components/log/marker'
import { EmptyState, ErrorState, LoadingLines } from '@/components/States'
import { useKeys } from '@/lib/keys'

import { fetchEarlier, historyOf, trim } from '../api/history'
import type { Full } from '../api/session'
import { useSay } from '../texts'
import { Waiting } from './Waiting'
import classes from './workspace.module.css'

const Mend = lazy(() => import('./Mend'))

/** Pixels from the end within which somebody is still at the end. */
const NEAR = 60

/** What was said, at its newest line; earlier lines come when they are scrolled to, and nothing jumps. */
export function Messages({ session }: { session: Full }) {
  const { data, error, refetch } = useQuery(historyOf(session.id))
  useMarks(data !== undefined)
  if (data) return <Scroll session={session} lines={data.lines} more={data.before !== null} />
  return (
    <div className={classes.messages}>
      {error ? <ErrorState error={error} retry={() => void refetch()} /> : <LoadingLines count={6} />}
    </div>
  )
}

/** How long it takes from having a conversation to seeing it, for who measures; of the last one only. */
function useMarks(ready: boolean): void {
  const marked = useRef(false)
  if (ready && !marked.current) {
    marked.current = true
    performance.clearMarks('conversation:data')
    performance.mark('conversation:data')
  }
  useEffect(() => {
    if (!ready) return
    const frame = requestAnimationFrame(() => {
      performance.clearMeasures('conversation:shown')
      performance.measure('conversation:shown', 'conversation:data')
    })
    return () => cancelAnimationFrame(frame)
  }, [ready])
}

function Scroll({ session, lines, more }: { session: Full; lines: Line[]; more: boolean }) {
  const say = useSay()
  const client = useQueryClient()
  const place = usePlace(lines)
  const { area, content, fresh, toEnd, atEnd } = place
  const [loading, setLoading] = useState(false)
  const earlier = async () => {
    if (loading || !more) return
    setLoading(true)
    await fetchEarlier(client, session.id).catch(() => undefined)
    setLoading(false)
  }
  const top = useTop(more && !loading, () => void earlier())
  useEffect(() => {
    if (atEnd) trim(client, session.id)
  }, [client, session.id, lines.length, atEnd])
  useKeys([{ keys: 'm', label: say('keyEarlier'), group: say('keysHere'), run: () => area.current?.focus() }])
  return (
    <div className={classes.frame}>
      <div
        className={classes.messages}
        ref={area}
        onScroll={place.scrolled}
        role="region"
        aria-label={say('chat', { name: session.customer.name || say('unknown') })}
        tabIndex={0}
      >
        <div ref={content}>
          {more && (
            <Center ref={top} pt="md">
              <Button variant="subtle" size="xs" loading={loading} onClick={() => void earlier()}>
                {say('earlier')}
              </Button>
            </Center>
          )}
          {lines.some(isShown) ? (
            <Log
              sessionId={session.id}
              label={say('chat', { name: session.customer.name })}
              lines={lines}
              mend={(line) => (
                <Suspense>
                  <Mend session={session} line={line} lines={lines} />
                </Suspense>
              )}
            />
          ) : (
            <EmptyState title={say('silent')} />
          )}
          <Waiting session={session} />
        </div>
      </div>
      {(fresh > 0 || !atEnd) && (
        <Button
          className={classes.pill}
          size="compact-md"
          radius="xl"
          variant={fresh > 0 ? 'filled' : 'default'}
          leftSection={<IconArrowDown size={16} aria-hidden />}
          aria-label={fresh > 0 ? undefined : say('toEnd')}
          onClick={toEnd}
        >
          {fresh > 0 ? say('newMessages', { count: fresh }) : null}
        </Button>
      )}
      <Spoken lines={lines} session={session} />
    </div>
  )
}

/** Stays at the end while somebody is there, and where he reads while he is not. */
function usePlace(lines: Line[]) {
  const area = useRef<HTMLDivElement>(null)
  const inner = useRef<HTMLDivElement>(null)
  const [size, box] = useResizeObserver<HTMLDivElement>()
  const content = useMergedRef(inner, size)
  const [atEnd, setAtEnd] = useState(true)
  const [seen, setSeen] = useState(() => lines.at(-1)?.seq ?? 0)
  const before = useRef({ first: 0, height: 0 })
  const toEnd = useCallback(() => {
    const one = area.current
    if (one) one.scrollTop = one.scrollHeight
  }, [])
  const first = lines[0]?.seq ?? 0
  useLayoutEffect(() => {
    const [one, height] = [area.current, inner.current?.offsetHeight ?? 0]
    const was = before.current
    if (one && was.first > first && was.height > 0) one.scrollTop += height - was.height
    before.current = { first, height }
  })
  const last = lines.at(-1)?.seq ?? 0
  useLayoutEffect(() => {
    if (!atEnd) return
    toEnd()
    setSeen(last)
  }, [last, atEnd, toEnd, box.height])
  const scrolled = () => {
    const one = area.current
    if (one) setAtEnd(one.scrollHeight - one.scrollTop - one.clientHeight < NEAR)
  }
  const fresh = atEnd ? 0 : lines.filter((line) => line.seq > seen && line.kind === 'message').length
  return { area, content, atEnd, fresh, toEnd, scrolled }
}

/** Calls when the place above the first line comes into view. */
function useTop(wanted: boolean, reached: () => void) {
  const top = useRef<HTMLDivElement>(null)
  const call = useRef(reached)
  useEffect(() => {
    call.current = reached
  })
  useEffect(() => {
    const mark = top.current
    if (!mark || !wanted) return
    const watcher = new IntersectionObserver(([one]) => {
      if (one?.isIntersecting) call.current()
    })
    watcher.observe(mark)
    return () => watcher.disconnect()
  }, [wanted])
  return top
}

/** Says what comes in to who cannot see it; what was there before is not said. */
function Spoken({ session, lines }: { session: Full; lines: Line[] }) {
  const say = useSay()
  const [since] = useState(() => lines.at(-1)?.seq ?? 0)
  const last = lines.findLast((line) => line.seq > since && line.kind === 'message' && line.author !== 'operator')
  const who = last?.author_name || session.customer.name || say('unknown')
  return (
    <div className={classes.spoken} role="log" aria-live="polite">
      {last && <p key={last.seq}>{say('said', { who, text: last.text.slice(0, 500) || say('file') })}</p>}
    </div>
  )
}
