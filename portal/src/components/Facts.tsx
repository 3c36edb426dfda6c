import type { ReactNode } from 'react'

import classes from './Facts.module.css'

export type Fact = readonly [label: string, value: ReactNode]

/** What is known, a line each; what is not known is left out. `framed`: two columns in a card. */
export function Facts({ facts, framed = false }: { facts: Fact[]; framed?: boolean }) {
  return (
    <dl className={classes.facts} data-framed={framed || undefined}>
      {facts.map(
        ([label, value], index) =>
          value && (
            <div key={index}>
              <dt>{label}</dt>
              <dd>
                <bdi>{value}</bdi>
              </dd>
            </div>
          ),
      )}
    </dl>
  )
}

/** The passages that an agent's answers rest on, each folded under the name of its document. */
export function Sources({ found }: { found: { source: string; text: string }[] }) {
  return found.map((one) => (
    <details key={one.source} className={classes.source}>
      <summary>{one.source}</summary>
      <p dir="auto">{one.text}</p>
    </details>
  ))
}
