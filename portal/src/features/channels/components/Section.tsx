import { Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

import classes from './channels.module.css'

/** A part of a page: what it is about, and beside it on wide screens what there is. */
export function Section({ title, text, children }: { title: string; text?: string; children?: ReactNode }) {
  return (
    <section className={classes.section}>
      <div className={classes.about}>
        <Title order={2} size="h5">
          {title}
        </Title>
        {text && (
          <Text size="sm" c="dimmed">
            {text}
          </Text>
        )}
      </div>
      <div className={classes.fields}>{children}</div>
    </section>
  )
}
