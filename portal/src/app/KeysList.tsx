import { Group, Kbd, Modal, SimpleGrid, Stack, Text, Title } from '@mantine/core'

import { useCommon } from '@/lib/common'
import { bindings, shown, type KeyBinding } from '@/lib/keys'
import { useOffered } from '@/lib/registry'

/** What the keyboard does on this page. */
export default function KeysList({ close }: { close: () => void }) {
  const say = useCommon()
  const all = useOffered(bindings)
  return (
    <Modal opened onClose={close} title={say('keys')} size="lg">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl">
        {[...grouped(all)].map(([group, ones]) => (
          <Stack key={group} gap="xs">
            <Title order={3} size="h5">
              {group}
            </Title>
            {ones.map((one) => (
              <Group key={one.keys + one.label} justify="space-between" wrap="nowrap">
                <Text size="sm">{one.label}</Text>
                <Group gap={4} wrap="nowrap">
                  {shown(one.keys).map((part) => (
                    <Kbd key={part}>{part}</Kbd>
                  ))}
                </Group>
              </Group>
            ))}
          </Stack>
        ))}
      </SimpleGrid>
    </Modal>
  )
}

function grouped(all: KeyBinding[]): Map<string, KeyBinding[]> {
  const groups = new Map<string, KeyBinding[]>()
  for (const one of all) groups.set(one.group, [...(groups.get(one.group) ?? []), one])
  return groups
}
