import { Paper, Title } from '@mantine/core'
import type { ReactNode } from 'react'

import classes from './profile.module.css'

/** One card of the overview. `tools` stand at the other end of its title's line. */
export function Section({ title, tools, children }: { title: string; tools?: ReactNode; children: ReactNode }) {
  return (
    <Paper component="section" withBorder p="lg" radius="md">
      <div className={classes.sectionHead}>
        <Title order={2} size="h5">
          {title}
        </Title>
        {tools}
      </div>
      {children}
    </Paper>
  )
}
