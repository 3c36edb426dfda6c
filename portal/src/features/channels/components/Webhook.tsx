import { Group, Text, TextInput } from '@mantine/core'

import { CopyButton } from '@/components/CopyButton'

import type { Channel, Kind } from '../queries'
import { useSay } from '../texts'
import { Section } from './Section'

/** Where the platform reaches this channel, to copy; or why it has no such address. */
export function Webhook({ channel: { webhook }, kind }: { channel: Channel; kind?: Kind }) {
  const say = useSay()
  if (!webhook)
    return (
      <Section title={say('webhook')}>
        <Text size="sm">{say(kind?.webhook === false ? 'webhookNever' : 'webhookNone')}</Text>
      </Section>
    )
  return (
    <Section title={say('webhook')} text={say('webhookText')}>
      <Group gap="xs" wrap="nowrap">
        <TextInput
          flex={1}
          aria-label={say('webhook')}
          readOnly
          value={webhook}
          onFocus={(event) => event.currentTarget.select()}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', direction: 'ltr' } }}
        />
        <CopyButton text={webhook} label={say('webhookCopy')} />
      </Group>
    </Section>
  )
}
