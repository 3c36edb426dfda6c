import { Button, Center, Skeleton, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ChannelIcon } from '@/components/ChannelIcon'
import { Log } from '@/components/log/Log'
import { isShown } from '@/components/log/marker'
import { ErrorState } from '@/components/States'
import { brief } from '@/lib/time'

import { logOf, type Card } from '../queries'
import { useSay } from '../texts'
import classes from './profile.module.css'
import { TALK } from './useCurrent'

interface Given {
  card: Card
  current: boolean
  choose: () => void
}

/** One conversation of the chat: a line that says which, and what was said. */
export function Talk({ card, current, choose }: Given) {
  const say = useSay()
  const { i18n } = useTranslation()
  const { mark, near } = useNear()
  const active = card.control.mode !== 'finished'
  const agent = card.agent?.name
  return (
    <section className={classes.talk} ref={mark} {...{ [TALK]: card.id }}>
      <button type="button" className={classes.separator} onClick={choose} aria-current={current}>
        <ChannelIcon kind={card.channel.kind} name={card.channel.name} size={22} />
        {active && <span className={classes.dot} role="img" aria-label={say('active')} />}
        <span className={classes.cut}>
          {card.subject ? <bdi>{card.subject}</bdi> : agent ? say('talkWith', { agent }) : say('talkAlone')}
        </span>
        <span className={classes.when}>{brief(card.opened_at, i18n.language)}</span>
      </button>
      {near ? <Said card={card} /> : <Waiting />}
    </section>
  )
}

function Said({ card }: { card: Card }) {
  const say = useSay()
  const { i18n } = useTranslation()
  const asked = useInfiniteQuery(logOf(card.id))
  if (asked.isPending) return <Waiting />
  if (!asked.data) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />
  const lines = [...asked.data.pages].reverse().flatMap((page) => page.items)
  return (
    <>
      {asked.hasNextPage && (
        <Center pt="md">
          <Button
            variant="subtle"
            size="xs"
            loading={asked.isFetchingNextPage}
            onClick={() => void asked.fetchNextPage()}
          >
            {say('earlier')}
          </Button>
        </Center>
      )}
      {lines.some(isShown) ? (
        <Log
          sessionId={card.id}
          label={say('messagesOf', { date: brief(card.opened_at, i18n.language), channel: card.channel.name })}
          lines={lines}
        />
      ) : (
        <Text size="sm" c="dimmed" ta="center" p="lg">
          {say('nothingSaid')}
        </Text>
      )}
    </>
  )
}

function Waiting() {
  return (
    <Stack gap="sm" p="lg" aria-hidden>
      <Skeleton height={44} width="55%" />
      <Skeleton height={44} width="60%" ms="auto" />
    </Stack>
  )
}

/** Whether the element has been near the part that is seen; its words are fetched then, and kept. */
function useNear() {
  const mark = useRef<HTMLElement>(null)
  const [near, setNear] = useState(false)
  useEffect(() => {
    if (!mark.current || near) return
    const watcher = new IntersectionObserver(([one]) => one?.isIntersecting && setNear(true), {
      root: mark.current.parentElement?.parentElement,
      rootMargin: '800px 0px',
    })
    watcher.observe(mark.current)
    return () => watcher.disconnect()
  }, [near])
  return { mark, near }
}
