import { Fragment, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { day } from '@/lib/time'

import classes from './log.module.css'
import { DayLine, LogLine } from './LogLine'
import { isShown, type Line } from './marker'

interface Given {
  sessionId: string
  label: string
  lines: Line[]
  /** Below a message of ours that did not arrive. */
  mend?: (line: Line) => ReactNode
}

/** A session's log, oldest first, with a line where a day begins. */
export function Log({ sessionId, label, lines, mend }: Given) {
  const { i18n } = useTranslation()
  const shown = lines.filter(isShown)
  return (
    <ol className={classes.log} aria-label={label}>
      {shown.map((line, index) => {
        const before = shown[index - 1]
        const begins = !before || day(before.at, i18n.language) !== day(line.at, i18n.language)
        return (
          <Fragment key={line.seq}>
            {begins && <DayLine at={line.at} />}
            <LogLine sessionId={sessionId} line={line} mend={mend?.(line)} />
          </Fragment>
        )
      })}
    </ol>
  )
}
