import { Badge } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { memo } from 'react'

import { ChannelIcon } from '@/components/ChannelIcon'
import { Face } from '@/components/Face'
import { useMe } from '@/lib/me'
import { age } from '@/lib/time'

import type { Card } from '../api/cards'
import { movedAt } from '../api/groups'
import { useSay } from '../texts'
import classes from './list.module.css'

const PLAIN = 92
const WARNING = 26
const MINUTE = 60_000

export function cardHeight(card: Card): number {
  return card.warnings.length > 0 ? PLAIN + WARNING : PLAIN
}

interface Given {
  card: Card
  chosen: boolean
  now: number
  language: string
}

/** One conversation in the list. */
export const CardLink = memo(function CardLink({ card, chosen, now, language }: Given) {
  const say = useSay()
  const name = card.customer.name || say('unknown')
  return (
    <Link
      className={classes.card}
      to="/human-agents/{-$sessionId}"
      params={{ sessionId: card.id } as never}
      aria-current={chosen ? 'page' : undefined}
      data-session={card.id}
    >
      <span className={classes.face}>
        <Face name={name} size={40} />
        <span className={classes.channel}>
          <ChannelIcon kind={card.channel.kind} name={card.channel.name} size={20} />
        </span>
      </span>
      <span className={classes.about}>
        <span className={classes.line}>
          <bdi className={classes.name}>{name}</bdi>
          <Since card={card} now={now} language={language} />
        </span>
        <span className={classes.line}>
          <Preview card={card} />
          {card.unread > 0 && (
            <span className={classes.unread} role="img" aria-label={say('unread', { count: card.unread })}>
              {card.unread > 99 ? '99+' : card.unread}
            </span>
          )}
        </span>
        <Tags card={card} />
      </span>
    </Link>
  )
})

function Since({ card, now, language }: Omit<Given, 'chosen'>) {
  const say = useSay()
  const waits = card.waiting_since !== null
  const at = card.waiting_since ?? movedAt(card)
  const passed = age(at, language, now)
  const fresh = now - new Date(at).getTime() < MINUTE
  return (
    <span
      className={classes.age}
      data-waits={waits || undefined}
      title={waits ? say(fresh ? 'waitsNew' : 'waits', { age: passed }) : undefined}
    >
      {passed}
    </span>
  )
}

function Preview({ card }: { card: Card }) {
  const say = useSay()
  const me = useMe()
  const last = card.last_message
  if (!last) return <span className={classes.preview}>{card.subject}</span>
  const text = last.text || say('file')
  const mine = last.author === 'operator' && card.operator?.id === me.id
  return (
    <span className={classes.preview} data-unread={card.unread > 0 || undefined} dir="auto">
      {mine ? say('said', { who: say('you'), text }) : text}
    </span>
  )
}

function Tags({ card }: { card: Card }) {
  const say = useSay()
  return (
    <>
      <span className={classes.tags}>
        <Badge variant="light" color="violet" size="sm" tt="none">
          {card.agent?.name ?? say('noAgent')}
        </Badge>
        <Badge variant="default" size="sm" tt="none">
          {card.operator?.name || say('unassigned')}
        </Badge>
      </span>
      {card.warnings.length > 0 && (
        <span className={classes.tags}>
          {card.warnings.map((one) => (
            <Badge key={one} variant="light" color="orange" size="sm" tt="none">
              {say(one === 'agent_not_running' ? 'agentStopped' : 'channelStopped')}
            </Badge>
          ))}
        </span>
      )}
    </>
  )
}
