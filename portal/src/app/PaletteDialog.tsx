import '@mantine/spotlight/styles.css'

import { Spotlight, spotlight } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useEffect } from 'react'

import { actions, type Action } from '@/lib/actions'
import { useCommon } from '@/lib/common'
import { useOffered } from '@/lib/registry'

/** Opens when it is first there, and then whenever `asked` grows. */
export default function PaletteDialog({ asked }: { asked: number }) {
  const say = useCommon()
  const all = useOffered(actions)
  useEffect(() => spotlight.open(), [asked])
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
