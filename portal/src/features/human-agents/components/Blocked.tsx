import type { ReactNode } from 'react'

import classes from './workspace.module.css'

interface Given {
  text: string
  /** It stands for a field that takes nothing now. */
  field?: boolean
  children?: ReactNode
}

/** Why one cannot write, and what can be done. */
export function Blocked({ text, field, children }: Given) {
  return (
    <div className={classes.blocked} role="status" data-field={field || undefined}>
      <span>{text}</span>
      {children}
    </div>
  )
}
