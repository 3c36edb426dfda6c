import { ActionIcon, Button, Checkbox, Indicator, Popover, ScrollArea, Stack } from '@mantine/core'
import { IconFilter } from '@tabler/icons-react'

import { useKeys } from '@/lib/keys'
import { useMe } from '@/lib/me'
import { useDisclosure } from '@mantine/hooks'

import type { Card } from '../api/cards'
import { UNASSIGNED, type View } from '../api/groups'
import { assignable, useColleagues } from '../api/people'
import { useSay } from '../texts'
import { useGroupName } from './GroupHeader'

interface Given {
  view: View
  only: string[]
  cards: Card[]
  change: (only: string[]) => void
}

/** Which agents, or which people's conversations, are shown. */
export function Filter({ view, only, cards, change }: Given) {
  const say = useSay()
  const [open, { toggle, close }] = useDisclosure()
  useKeys([{ keys: 'f', label: say('filter'), group: say('keys'), run: toggle }])
  const label = only.length > 0 ? say('filterCount', { count: only.length }) : say('filter')
  return (
    <Popover opened={open} onDismiss={close} position="bottom-end" withArrow trapFocus returnFocus width={260}>
      <Indicator disabled={only.length === 0} color="baton" offset={4}>
        <Popover.Target>
          <ActionIcon
            variant={only.length > 0 ? 'light' : 'default'}
            size={36}
            aria-label={label}
            aria-haspopup="dialog"
            aria-expanded={open}
            onClick={toggle}
          >
            <IconFilter size={18} />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown aria-label={say('filter')}>
        <Choices view={view} only={only} cards={cards} change={change} />
        <Button fullWidth mt="sm" size="xs" variant="default" disabled={only.length === 0} onClick={() => change([])}>
          {say('filterClear')}
        </Button>
      </Popover.Dropdown>
    </Popover>
  )
}

function Choices({ view, only, cards, change }: Given) {
  const me = useMe()
  const colleagues = useColleagues()
  const nameOf = useGroupName()
  const owners =
    view === 'agent'
      ? cards.map((card) => ({ id: card.agent?.id ?? UNASSIGNED, name: card.agent?.name ?? '' }))
      : [
          { id: me.id, name: me.name },
          { id: UNASSIGNED, name: '' },
          ...colleagues.filter(assignable).map(({ id, name }) => ({ id, name })),
        ]
  const choices = [...new Map(owners.map((one) => [one.id, one])).values()]
  return (
    <ScrollArea.Autosize mah={280}>
      <Checkbox.Group value={only} onChange={change}>
        <Stack gap="xs" p={4}>
          {choices.map((one) => (
            <Checkbox key={one.id} value={one.id} label={nameOf(one)} />
          ))}
        </Stack>
      </Checkbox.Group>
    </ScrollArea.Autosize>
  )
}
