import { Paper, Skeleton, Text } from '@mantine/core'
import { IconArrowDownRight, IconArrowUpRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { duration, growth, share, taken, total } from '../figures'
import { earlier, replies, sessions, suggestions, type Query } from '../queries'
import { useSay } from '../texts'
import { How } from './Figure'
import classes from './reports.module.css'

interface Value {
  name: string
  how: string
  now: number | null | undefined
  then: number | null | undefined
  read: (value: number) => string
  /** Whether more is better; undefined: neither. */
  good?: 'more' | 'less'
  /** It is a share: its change is in points. */
  points?: boolean
}

/** The figures on top, each with how it was in the time before. */
export function KeyFigures({ query }: { query: Query }) {
  const say = useSay()
  const values = useValues(query)
  return (
    <section className={classes.keys} aria-label={say('figures')}>
      {values.map((one) => (
        <Card key={one.name} value={one} />
      ))}
    </section>
  )
}

function useValues(query: Query): Value[] {
  const say = useSay()
  const { i18n } = useTranslation()
  const then = earlier(query)
  const [ends, endsThen] = [useQuery(sessions(query)).data?.total, useQuery(sessions(then)).data?.total]
  const [first, firstThen] = [useQuery(replies(query)).data?.total, useQuery(replies(then)).data?.total]
  const [made, madeThen] = [useQuery(suggestions(query)).data?.total, useQuery(suggestions(then)).data?.total]
  const count = (value: number) => value.toLocaleString(i18n.language)
  const percent = (value: number) => value.toLocaleString(i18n.language, { style: 'percent' })
  const time = (value: number) => duration(value, i18n.language)
  const told = (name: 'opened' | 'contained' | 'handedOver' | 'agentReply' | 'humanReply' | 'taken') => ({
    name: say(name),
    how: say(`${name}_how`),
  })
  return [
    { ...told('opened'), now: ends?.opened, then: endsThen?.opened, read: count },
    {
      ...told('contained'),
      now: ends?.containment,
      then: endsThen?.containment,
      read: percent,
      good: 'more',
      points: true,
    },
    {
      ...told('handedOver'),
      now: ends && share(ends.handed_over, ends.opened),
      then: endsThen && share(endsThen.handed_over, endsThen.opened),
      read: percent,
      good: 'less',
      points: true,
    },
    { ...told('agentReply'), now: first?.agent.p50, then: firstThen?.agent.p50, read: time, good: 'less' },
    { ...told('humanReply'), now: first?.human.p50, then: firstThen?.human.p50, read: time, good: 'less' },
    {
      ...told('taken'),
      now: made && taken(total(made)),
      then: madeThen && taken(total(madeThen)),
      read: percent,
      good: 'more',
      points: true,
    },
  ]
}

function Card({ value }: { value: Value }) {
  return (
    <Paper withBorder p="md" className={classes.key}>
      <div className={classes.keyName}>
        <Text size="sm" c="dimmed">
          {value.name}
        </Text>
        <How name={value.name} text={value.how} />
      </div>
      {value.now === undefined ? (
        <Skeleton height={32} width="60%" />
      ) : (
        <div className={classes.keyLine}>
          <span className={classes.keyValue}>{value.now === null ? '–' : value.read(value.now)}</span>
          <Trend value={value} />
        </div>
      )}
    </Paper>
  )
}

function Trend({ value: { now, then, good, points } }: { value: Value }) {
  const say = useSay()
  const { i18n } = useTranslation()
  if (now === undefined || now === null || then === undefined || then === null) return null
  const grown = points ? now - then : growth(now, then)
  if (grown === null) return null
  const much = Math.abs(grown).toLocaleString(i18n.language, { style: 'percent' })
  const up = grown > 0
  if (Math.abs(grown) < 0.005) return null
  const Arrow = up ? IconArrowUpRight : IconArrowDownRight
  return (
    <span
      className={classes.trend}
      data-good={good ? (good === 'more') === up : undefined}
      title={say(up ? 'more' : 'less', { share: much })}
    >
      <Arrow size={16} aria-hidden />
      <span aria-hidden>{much}</span>
      <span className={classes.hiddenText}>{say(up ? 'more' : 'less', { share: much })}</span>
    </span>
  )
}
