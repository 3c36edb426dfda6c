import { Modal, NavLink, ScrollArea, Stack, TextInput } from '@mantine/core'
import { IconSearch, IconUserOff } from '@tabler/icons-react'
import { useState } from 'react'

import { Face } from '@/components/Face'
import { useMe } from '@/lib/me'

import { assignable, useColleagues } from '../api/people'
import type { Full } from '../api/session'
import { useSay } from '../texts'

interface Given {
  session: Full
  state: { opened: boolean; close: () => void }
  assign: (to: string | null) => void
}

/** Gives the conversation to somebody, or to nobody. */
export default function Assign({ session, state, assign }: Given) {
  const say = useSay()
  const me = useMe()
  const [words, setWords] = useState('')
  const holder = session.control.operator_id
  const found = useColleagues()
    .filter(assignable)
    .filter(({ name }) => name.toLocaleLowerCase().includes(words.trim().toLocaleLowerCase()))
    .sort((a, b) => Number(b.id === me.id) - Number(a.id === me.id) || a.name.localeCompare(b.name))
  const choose = (to: string | null) => {
    state.close()
    setWords('')
    assign(to)
  }
  return (
    <Modal opened={state.opened} onClose={state.close} title={say('assign')} size="sm">
      <Stack gap="xs">
        <TextInput
          placeholder={say('assignSearch')}
          aria-label={say('assignSearch')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          data-autofocus
          onKeyDown={(event) => {
            const first = found.find(({ id }) => id !== holder)
            if (event.key === 'Enter' && first) choose(first.id)
          }}
        />
        <ScrollArea.Autosize mah={320}>
          {found.map((one) => (
            <NavLink
              key={one.id}
              component="button"
              label={one.id === me.id ? `${one.name} (${say('you')})` : one.name}
              description={one.email}
              leftSection={<Face name={one.name} size={32} />}
              disabled={one.id === holder}
              active={one.id === holder}
              onClick={() => choose(one.id)}
            />
          ))}
          {holder !== null && (
            <NavLink
              component="button"
              label={say('unassign')}
              leftSection={<IconUserOff size={20} aria-hidden />}
              onClick={() => choose(null)}
            />
          )}
        </ScrollArea.Autosize>
      </Stack>
    </Modal>
  )
}
