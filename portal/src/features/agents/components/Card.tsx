import { Paper, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

import type { Name } from '../draft'
import { Meanwhile } from './Meanwhile'
import type { Form } from './useSettings'

interface Given {
  title: string
  text?: string
  form: Form
  /** The settings that it shows; what somebody else has changed of them is said above them. */
  names: Name[]
  children: ReactNode
}

/** Settings that belong together. */
export function Card({ title, text, form, names, children }: Given) {
  return (
    <Paper component="section" withBorder p="lg" radius="md" mb="lg">
      <Title order={2} size="h5">
        {title}
      </Title>
      {text && (
        <Text size="sm" c="dimmed" mt={2}>
          {text}
        </Text>
      )}
      <div style={{ height: 14 }} />
      {names
        .filter((name) => form.moved.includes(name))
        .map((name) => (
          <Meanwhile key={name} form={form} name={name} />
        ))}
      {children}
    </Paper>
  )
}
