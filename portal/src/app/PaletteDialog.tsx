import '@mantine/spotlight/styles.css'

import { Group, Kbd } from '@mantine/core'
import { Spotlight, spotlight } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useEffect } from 'react'

import { actions, type Action } from '@/lib/actions'
import { useCommon } from '@/lib/common'
import { shown } from '@/lib/keys'
import { useOffered } from '@/lib/registry'

import { useMenuActions } from './useMenuActions'

/** Opens when it is first there, and then whenever `asked` grows. */
export default function PaletteDialog({ asked }: { asked: number }) {
  const say = useCommon()
  useMenuActions()
  const all = useOffered(actions)
  useEffect(() => spotlight.open(), [asked])
  return (
    <Spotlight
      shortcut={null}
      attributes={{ content: { 'aria-label': say('palette') } }}
      actions={[...grouped(all)].map(([group, ones]) => ({
        group,
        actions: ones.map(({ id, label, description, icon, keys, run }) => ({
          id,
          label,
          description,
          leftSection: icon,
          rightSection: keys && <Pressed keys={keys} />,
          onClick: run,
        })),
      }))}
      nothingFound={say('paletteNothing')}
      transitionProps={{ transition: 'pop', duration: 200, exitDuration: 0 }}
      highlightQuery
      scrollable
      maxHeight={420}
      searchProps={{
        leftSection: <IconSearch size={20} />,
        placeholder: say('paletteSearch'),
        'aria-label': say('palette'),
      }}
    />
  )
}

/** The keys that do the same. */
function Pressed({ keys }: { keys: string }) {
  return (
    <Group component="span" gap={4} wrap="nowrap">
      {shown(keys).map((part, index) => (
        <Kbd key={index}>{part}</Kbd>
      ))}
    </Group>
  )
}

function grouped(all: Action[]): Map<string, Action[]> {
  const groups = new Map<string, Action[]>()
  for (const one of all) groups.set(one.group, [...(groups.get(one.group) ?? []), one])
  return groups
}
