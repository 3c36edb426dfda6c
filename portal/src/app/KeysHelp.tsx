import { Group, Kbd, Modal, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useEffect, useState } from 'react'

import { useCommon } from '@/lib/common'
import { bindings, press, shown, useKeys, type KeyBinding } from '@/lib/keys'
import { useOffered } from '@/lib/registry'

const EVENT = 'baton:keys'

export function openKeysHelp(): void {
  dispatchEvent(new Event(EVENT))
}

/** Listens to the keyboard, and lists what it does on this page. */
export function KeysHelp() {
  const say = useCommon()
  const [open, setOpen] = useState(false)
  const all = useOffered(bindings)
  useEffect(() => {
    const show = () => setOpen(true)
    addEventListener('keydown', press)
    addEventListener(EVENT, show)
    return () => {
      removeEventListener('keydown', press)
      removeEventListener(EVENT, show)
    }
  }, [])
  useKeys([{ keys: '?', label: say('keys'), group: say('keysGeneral'), run: () => setOpen(true) }])
  return (
    <Modal opened={open} onClose={() => setOpen(false)} title={say('keys')} size="lg">
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
