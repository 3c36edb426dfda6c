import { Button, Center } from '@mantine/core'
import { IconMessagePlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useRef } from 'react'

import { EmptyState, ErrorState, LoadingLines } from '@/components/States'
import { useKeys } from '@/lib/keys'

import { sessionsOf } from '../queries'
import { useSay } from '../texts'
import { Details } from './Details'
import classes from './profile.module.css'
import { Talk } from './Talk'
import { useCurrent } from './useCurrent'
import { useMoreAbove } from './useMoreAbove'

interface Given {
  customerId: string
  may: boolean
  start: () => void
}

/** Everything that was ever said with a customer, as one chat, and the conversation that is in view. */
export function Communications({ customerId, may, start }: Given) {
  const say = useSay()
  const asked = useInfiniteQuery(sessionsOf(customerId))
  const cards = (asked.data?.pages ?? []).flatMap((page) => page.items).reverse()
  const scroller = useRef<HTMLDivElement>(null)
  const top = useMoreAbove(asked)
  const { current, choose } = useCurrent(
    scroller,
    cards.map((one) => one.id),
  )
  const card = cards.find((one) => one.id === current)
  const step = (by: number) => {
    const to = cards[cards.findIndex((one) => one.id === current) + by]
    if (to) choose(to.id)
  }
  const group = say('group')
  useKeys([
    { keys: 'k', label: say('keyOlder'), group, run: () => step(-1) },
    { keys: 'j', label: say('keyNewer'), group, run: () => step(1) },
  ])
  if (asked.isPending) return <LoadingLines />
  if (!asked.data) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />
  if (cards.length === 0)
    return (
      <EmptyState title={say('silent')} text={say('silentText')}>
        {may && (
          <Button variant="default" leftSection={<IconMessagePlus size={18} aria-hidden />} onClick={start}>
            {say('startConversation')}
          </Button>
        )}
      </EmptyState>
    )
  return (
    <div className={classes.talks}>
      <div className={classes.chat} ref={scroller} role="region" aria-label={say('communications')} tabIndex={0}>
        <div>
          {asked.hasNextPage && (
            <Center ref={top} p="md">
              <Button
                variant="subtle"
                size="xs"
                loading={asked.isFetchingNextPage}
                onClick={() => void asked.fetchNextPage()}
              >
                {say('earlierTalks')}
              </Button>
            </Center>
          )}
          {cards.map((one) => (
            <Talk key={one.id} card={one} current={one.id === current} choose={() => choose(one.id)} />
          ))}
        </div>
      </div>
      {card && <Details card={card} may={may} />}
    </div>
  )
}
