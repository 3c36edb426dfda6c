import { Button, Group, Modal, Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'

import { readFilters, type Filters, type NAMES } from '../filters'
import { useAgents, useChannels, useOperators } from '../queries'
import { useSay } from '../texts'

interface Given {
  filters: Filters
  apply: (wanted: Filters) => void
  close: () => void
}

/** Session Filters. */
export default function FiltersDialog({ filters, apply, close }: Given) {
  const say = useSay()
  const [wanted, setWanted] = useState<Filters>(filters)
  const set = (name: (typeof NAMES)[number]) => (value: string | null) =>
    setWanted({ ...wanted, [name]: value ?? undefined })
  const turned = !!wanted.from && !!wanted.to && wanted.from > wanted.to
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (turned) return
    apply(readFilters({ ...wanted, q: wanted.q?.trim() }))
    close()
  }
  const clear = () => {
    apply({ view: filters.view, order: filters.order })
    close()
  }
  return (
    <Modal opened onClose={close} title={say('filters')} size="lg">
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={say('text')}
            description={say('textHint')}
            value={wanted.q ?? ''}
            maxLength={200}
            onChange={(event) => set('q')(event.currentTarget.value)}
            data-autofocus
          />
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <Choices wanted={wanted} set={set} />
            <TextInput
              type="date"
              label={say('from')}
              value={wanted.from ?? ''}
              onChange={(event) => set('from')(event.currentTarget.value)}
            />
            <TextInput
              type="date"
              label={say('to')}
              value={wanted.to ?? ''}
              error={turned && say('dates')}
              onChange={(event) => set('to')(event.currentTarget.value)}
            />
          </SimpleGrid>
          <Group justify="flex-end">
            <Button variant="default" onClick={clear}>
              {say('reset')}
            </Button>
            <Button type="submit">{say('apply')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

interface ChoicesGiven {
  wanted: Filters
  set: (name: (typeof NAMES)[number]) => (value: string | null) => void
}

function Choices({ wanted, set }: ChoicesGiven) {
  const say = useSay()
  const options = (all: { id: string; name: string }[]) => all.map(({ id, name }) => ({ value: id, label: name }))
  const [agents, channels, operators] = [useAgents(), useChannels(), useOperators()]
  const modes = (['autonomous', 'waiting', 'copilot', 'human', 'finished'] as const).map((mode) => ({
    value: mode,
    label: say(`mode_${mode}`),
  }))
  const people = [
    { value: 'ai', label: say('ai') },
    { value: 'nobody', label: say('unassigned') },
    ...options(operators),
  ]
  const choices = [
    { name: 'agent', label: say('agent'), placeholder: say('anyAgent'), data: options(agents) },
    { name: 'channel', label: say('channel'), placeholder: say('anyChannel'), data: options(channels) },
    { name: 'who', label: say('responsible'), placeholder: say('anybody'), data: people },
    { name: 'mode', label: say('status'), placeholder: say('anyStatus'), data: modes },
  ] as const
  return choices.map(({ name, data, ...shown }) => (
    <Select
      {...shown}
      key={name}
      data={data}
      value={wanted[name] ?? null}
      onChange={set(name)}
      comboboxProps={{ withinPortal: true }}
      clearable
      searchable
    />
  ))
}
