import { IconLock, IconRobot, IconInfoCircle } from '@tabler/icons-react'
import { memo, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useCommon } from '@/lib/common'
import { useSaid } from '@/lib/said'
import { clock, day, full } from '@/lib/time'

import { Files } from './Files'
import classes from './log.module.css'
import { marker, worst, type Line } from './marker'
import { Original } from './Original'
import { Ticks } from './Ticks'
import { Words } from './Words'

/** Characters after which a message is folded. */
const LONG = 3000

interface Given {
  sessionId: string
  line: Line
  /** Stands below a message of ours that did not arrive, such as a button that sends it again. */
  mend?: ReactNode
  /** Stands below the words, such as what they rest on. */
  children?: ReactNode
}

/** One entry of a session's log, as everybody sees it: a message, a private note, or a marker of control. */
export const LogLine = memo(function LogLine({ sessionId, line, mend, children }: Given) {
  if (line.kind === 'control') return <Marker line={line} />
  if (line.kind !== 'message' && line.kind !== 'note') return null
  const author = line.kind === 'note' ? 'note' : line.author
  return (
    <li className={classes.line} data-side={author === 'customer' ? 'theirs' : 'ours'} data-seq={line.seq}>
      <div className={classes.bubble} data-author={author}>
        <Name line={line} />
        <Text text={line.edited_text ?? line.text} />
        <Files files={line.attachments} />
        {line.has_original && <Original sessionId={sessionId} seq={line.seq} />}
        {children}
        <Foot line={line} />
      </div>
      <Lost line={line} mend={mend} />
    </li>
  )
})

function Name({ line }: { line: Line }) {
  const say = useCommon()
  if (line.kind === 'note')
    return (
      <div className={classes.name}>
        <IconLock size={13} aria-hidden />
        {say('logNote')} · {line.author_name || say('logSomebody')}
      </div>
    )
  if (line.author === 'notice')
    return (
      <div className={classes.name}>
        <IconInfoCircle size={13} aria-hidden />
        {say('logNotice')}
      </div>
    )
  const unnamed = line.data.elsewhere ? say('logElsewhere') : line.author === 'agent' ? say('logAgent') : ''
  const name = line.author === 'customer' ? String(line.data.name ?? '') : line.author_name || unnamed
  if (!name) return null
  return (
    <div className={classes.name}>
      {line.author === 'agent' && <IconRobot size={14} aria-hidden />}
      {name}
    </div>
  )
}

function Text({ text }: { text: string }) {
  const say = useCommon()
  const [whole, setWhole] = useState(false)
  if (!text) return null
  const folded = !whole && text.length > LONG
  return (
    <>
      <p className={classes.words} dir="auto">
        <Words text={folded ? `${text.slice(0, LONG)}…` : text} />
      </p>
      {folded && (
        <button type="button" className={classes.more} onClick={() => setWhole(true)}>
          {say('logShowAll')}
        </button>
      )}
    </>
  )
}

function Foot({ line }: { line: Line }) {
  const say = useCommon()
  const { i18n } = useTranslation()
  const sent = worst(line.deliveries)
  return (
    <div className={classes.foot}>
      {Boolean(line.data.automatic) && <span>{say('logAutomatic')}</span>}
      {line.edited_text !== null && <span title={line.text}>{say('logEdited')}</span>}
      <time dateTime={line.at} title={full(line.at, i18n.language)}>
        {clock(line.at, i18n.language)}
      </time>
      {sent && <Ticks state={sent.state} />}
    </div>
  )
}

function Lost({ line, mend }: { line: Line; mend?: ReactNode }) {
  const say = useCommon()
  const said = useSaid()
  const sent = worst(line.deliveries)
  if (sent?.state !== 'failed' && sent?.state !== 'unknown') return null
  return (
    <div className={classes.under}>
      <span>{said(sent.detail) || say(`logDelivery_${sent.state}`)}</span>
      {mend}
    </div>
  )
}

/** A change of control between the messages. */
export function Marker({ line }: { line: Line }) {
  const say = useCommon()
  const { i18n } = useTranslation()
  return (
    <li className={classes.marker} data-marker={String(line.data.after)} data-seq={line.seq}>
      {marker(line, say, full(line.at, i18n.language))}
      {line.text && <> · {line.text}</>}
    </li>
  )
}

/** A line between the messages of two days. */
export function DayLine({ at }: { at: string }) {
  const { i18n } = useTranslation()
  return <li className={classes.day}>{day(at, i18n.language)}</li>
}
