import '@mantine/spotlight/styles.css'

import { Spotlight, spotlight } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'

import { actions, type Action } from '@/lib/actions'
import { useCommon } from '@/lib/common'
import { useKeys } from '@/lib/keys'
import { useOffered } from '@/lib/registry'

/** Everything that can be done here, by typing a few letters. */
export function Palette() {
  const say = useCommon()
  const all = useOffered(actions)
  useKeys([
    {
      keys: 'mod+k',
      label: say('palette'),
      group: say('keysGeneral'),
      whileTyping: true,
      run: spotlight.open,
    },
  ])
  return (
    <Spotlight
      shortcut={null}
      attributes={{ content: { 'aria-label': say('palette') } }}
      actions={[...grouped(all)].map(([group, ones]) => ({
        group,
        actions: ones.map(({ id, label, description, icon, run }) => ({
          id,
          label,
          description,
          leftSection: icon,
          onClick: run,
        })),
      }))}
      nothingFound={say('paletteNothing')}
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

function grouped(all: Action[]): Map<string, Action[]> {
  const groups = new Map<string, Action[]>()
  for (const one of all) groups.set(one.group, [...(groups.get(one.group) ?? []), one])
  return groups
}
