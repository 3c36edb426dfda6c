import { Skeleton } from '@mantine/core'
import { lazy, Suspense } from 'react'

import type { Part, Plotted } from './Plots'
import classes from './reports.module.css'

const Lazy = lazy(() => import('./Plots'))
const LazyRing = lazy(async () => ({ default: (await import('./Plots')).Ring }))

/** The plot below what its colours stand for. */
export function Plot(plotted: Plotted) {
  return (
    <>
      {plotted.series.length > 1 && (
        <div className={classes.legend}>
          {plotted.series.map(({ name, label, color }) => (
            <span key={name}>
              <span
                className={classes.swatch}
                style={{ background: `var(--mantine-color-${color.replace('.', '-')})` }}
              />
              {label}
            </span>
          ))}
        </div>
      )}
      <Suspense fallback={<Skeleton height={260} />}>
        <Lazy {...plotted} />
      </Suspense>
    </>
  )
}

export function Ring({ parts }: { parts: Part[] }) {
  return (
    <Suspense fallback={<Skeleton height={180} width={180} circle />}>
      <LazyRing parts={parts} />
    </Suspense>
  )
}
