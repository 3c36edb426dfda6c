import { Box, Group, Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** A page with a title, scrolling by itself. `tools` stand at the other end of the title's line. */
export function Page({ title, tools, children }: { title: string; tools?: ReactNode; children: ReactNode }) {
  return (
    <Box h="100%" style={{ overflow: 'auto' }} p={{ base: 'md', sm: 'xl' }}>
      <Group justify="space-between" mb="lg">
        <Title order={1} size="h2">
          {title}
        </Title>
        {tools}
      </Group>
      {children}
    </Box>
  )
}
