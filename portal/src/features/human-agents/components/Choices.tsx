import { Checkbox, ScrollArea, Stack } from '@mantine/core'

import { useMe } from '@/lib/me'

import { UNASSIGNED } from '../api/groups'
import { assignable, useColleagues } from '../api/people'
import type { FilterGiven } from './Filter'
import { useGroupName } from './GroupHeader'

/** Agents, or oneself, nobody and the colleagues. */
export default function Choices({ view, only, cards, change }: FilterGiven) {
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
