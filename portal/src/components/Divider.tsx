import { useDirection } from '@mantine/core'
import { useState, type KeyboardEvent, type PointerEvent } from 'react'

import classes from './Divider.module.css'

interface Limits {
  /** Under which name the browser remembers it. */
  name: string
  /** Share of the whole in percent, before anybody has moved it. */
  start: number
  least: number
  most: number
}

const STEP = 2

/** How much of a pair of areas the first one has, in percent; remembered in this browser. */
export function useDivided({ name, start, least, most }: Limits) {
  const key = `baton.divider.${name}`
  const [share, setShare] = useState(() => {
    const kept = Number(localStorage.getItem(key))
    return kept >= least && kept <= most ? kept : start
  })
  const move = (wanted: number) => {
    const now = Math.round(Math.min(most, Math.max(least, wanted)) * 10) / 10
    localStorage.setItem(key, String(now))
    setShare(now)
  }
  return { share, move, start, least, most }
}

interface Given {
  label: string
  /** The id of the area before it. */
  controls: string
  divided: ReturnType<typeof useDivided>
}

/** Between two areas side by side: dragged, or moved by arrow keys; a double click or Enter puts it back. */
export function Divider({ label, controls, divided }: Given) {
  const { share, move, start, least, most } = divided
  const { dir } = useDirection()
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    const whole = event.currentTarget.parentElement?.getBoundingClientRect()
    if (!whole || !event.currentTarget.hasPointerCapture(event.pointerId)) return
    const from = dir === 'rtl' ? whole.right - event.clientX : event.clientX - whole.left
    move((from / whole.width) * 100)
  }
  const press = (event: KeyboardEvent) => {
    const onward = dir === 'rtl' ? -STEP : STEP
    const wanted: Record<string, number> = {
      ArrowRight: share + onward,
      ArrowLeft: share - onward,
      Home: least,
      End: most,
      Enter: start,
    }
    const to = wanted[event.key]
    if (to === undefined) return
    event.preventDefault()
    move(to)
  }
  return (
    <div
      className={classes.divider}
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={label}
      aria-controls={controls}
      aria-valuenow={Math.round(share)}
      aria-valuemin={least}
      aria-valuemax={most}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onDoubleClick={() => move(start)}
      onKeyDown={press}
    />
  )
}
