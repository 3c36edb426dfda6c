import { ActionIcon, Button, Popover } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconFilter } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'

import { useKeys } from '@/lib/keys'

import type { Card } from '../api/cards'
import type { View } from '../api/groups'
import { useSay } from '../texts'
import classes from './list.module.css'

const Choices = lazy(() => import('./Choices'))

export interface FilterGiven {
  view: View
  only: string[]
  cards: Card[]
  change: (only: string[]) => void
}

/** Which agents, or which people's conversations, are shown. */
export function Filter({ view, only, cards, change }: FilterGiven) {
  const say = useSay()
  const [open, { toggle, close }] = useDisclosure()
  useKeys([{ keys: 'f', label: say('filter'), group: say('keys'), run: toggle }])
  const label = only.length > 0 ? say('filterCount', { count: only.length }) : say('filter')
  return (
    <Popover opened={open} onDismiss={close} position="bottom-end" withArrow trapFocus returnFocus width={260}>
      <Popover.Target>
        <ActionIcon
          className={only.length > 0 ? classes.filtered : undefined}
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
      <Popover.Dropdown aria-label={say('filter')}>
        <Suspense>
          <Choices view={view} only={only} cards={cards} change={change} />
        </Suspense>
        <Button fullWidth mt="sm" size="xs" variant="default" disabled={only.length === 0} onClick={() => change([])}>
          {say('filterClear')}
        </Button>
      </Popover.Dropdown>
    </Popover>
  )
}
