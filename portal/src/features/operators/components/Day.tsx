import { ActionIcon, Switch, Text, TextInput, Tooltip } from '@mantine/core'
import { IconCopy, IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { another, overnight, typedTime, wrong, type Span, type Weekday } from '../schedule'
import { useSay } from '../texts'
import { weekday as named } from './inWords'
import classes from './operators.module.css'

interface Given {
  weekday: Weekday
  spans: Span[]
  change: (spans: Span[]) => void
  /** The same on all working days. */
  copy: () => void
}

/** The hours of one weekday. */
export function Day({ weekday, spans, change, copy }: Given) {
  const say = useSay()
  const { i18n } = useTranslation()
  const day = named(weekday, i18n.language)
  const more = another(spans)
  return (
    <li className={classes.day}>
      <Switch
        label={day}
        aria-label={say('works', { day })}
        checked={spans.length > 0}
        onChange={(event) => change(event.currentTarget.checked && more ? [more] : [])}
      />
      <div className={classes.spans}>
        {spans.length === 0 && <span className={classes.free}>{say('free')}</span>}
        {spans.map((_, index) => (
          <Stretch
            key={index}
            day={day}
            spans={spans}
            index={index}
            change={(now) => change(spans.map((one, other) => (other === index ? now : one)))}
            remove={() => change(spans.filter((_, other) => other !== index))}
          />
        ))}
      </div>
      <div className={classes.tools}>
        <Tooltip label={say('addSpan', { day })}>
          <ActionIcon
            variant="subtle"
            size={36}
            aria-label={say('addSpan', { day })}
            disabled={!more}
            onClick={() => more && change([...spans, more])}
          >
            <IconPlus size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={say('copyDay', { day })}>
          <ActionIcon
            variant="subtle"
            size={36}
            aria-label={say('copyDay', { day })}
            disabled={spans.length === 0}
            onClick={copy}
          >
            <IconCopy size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
    </li>
  )
}

interface StretchGiven {
  day: string
  spans: Span[]
  index: number
  change: (span: Span) => void
  remove: () => void
}

function Stretch({ day, spans, index, change, remove }: StretchGiven) {
  const say = useSay()
  const [start, end] = spans[index] as Span
  const problem = wrong(spans, index)
  const number = index + 1
  const field = (label: string, text: string, set: (text: string) => void) => (
    <TextInput
      className={classes.time}
      aria-label={label}
      error={problem !== null}
      autoComplete="off"
      maxLength={8}
      value={text}
      onChange={(event) => set(event.currentTarget.value)}
      onBlur={() => set(typedTime(text) ?? text)}
    />
  )
  return (
    <div className={classes.span}>
      {field(say('start', { day, number }), start, (text) => change([text, end]))}
      <span aria-hidden>–</span>
      {field(say('end', { day, number }), end, (text) => change([start, text]))}
      <ActionIcon variant="subtle" color="gray" aria-label={say('removeSpan', { start, end, day })} onClick={remove}>
        <IconX size={16} aria-hidden />
      </ActionIcon>
      {overnight([start, end]) && (
        <Text size="xs" c="dimmed">
          {say('nextDay')}
        </Text>
      )}
      {problem && (
        <span className={classes.wrong} role="alert">
          {say(`wrong_${problem}`)}
        </span>
      )}
    </div>
  )
}
