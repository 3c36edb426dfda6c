import { ActionIcon, Button, Group, Stack, Text, TextInput, Tooltip } from '@mantine/core'
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'

import { fieldsQuery, type Customer } from '../queries'
import { useSay } from '../texts'
import classes from './profile.module.css'
import { Section } from './Section'
import { useChange } from './useChange'

/** What agents remember of the customer; they know a change in their next reply. */
export function Facts({ customer, may }: { customer: Customer; may: boolean }) {
  const say = useSay()
  const [editing, setEditing] = useState<string | null>(null)
  const { change } = useChange(customer.id)
  const { data: fields = [] } = useQuery(fieldsQuery)
  const facts = Object.entries(customer.facts).filter(([name]) => !fields.some((field) => field.name === name))
  return (
    <Section
      title={say('facts')}
      tools={
        may &&
        editing !== '' && (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => setEditing('')}
          >
            {say('addFact')}
          </Button>
        )
      }
    >
      {facts.length === 0 && editing === null && (
        <Text size="sm" c="dimmed">
          {say('noFacts')}
        </Text>
      )}
      <ul className={classes.list}>
        {facts.map(([name, value]) =>
          editing === name ? (
            <li key={name}>
              <Editor customer={customer} name={name} value={value} close={() => setEditing(null)} />
            </li>
          ) : (
            <li key={name}>
              <div className={classes.grow}>
                <Text size="xs" c="dimmed" dir="auto">
                  {name}
                </Text>
                <Text size="sm" className={classes.value} dir="auto">
                  {value}
                </Text>
              </div>
              {may && (
                <>
                  <Tool label={say('changeFact', { name })} Icon={IconPencil} run={() => setEditing(name)} />
                  <Tool
                    label={say('forgetFact', { name })}
                    Icon={IconTrash}
                    run={() => void change({ facts: { [name]: null } })}
                  />
                </>
              )}
            </li>
          ),
        )}
      </ul>
      {editing === '' && <Editor customer={customer} name="" value="" close={() => setEditing(null)} />}
    </Section>
  )
}

function Tool({ label, Icon, run }: { label: string; Icon: typeof IconPencil; run: () => void }) {
  return (
    <Tooltip label={label} openDelay={300}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={run}>
        <Icon size={17} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}

interface EditorGiven {
  customer: Customer
  name: string
  value: string
  close: () => void
}

function Editor({ customer, name, value, close }: EditorGiven) {
  const say = useSay()
  const [typed, setTyped] = useState({ name, value })
  const { change, busy } = useChange(customer.id)
  const key = typed.name.trim()
  const taken = key !== name && key in customer.facts
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const facts = { ...(name && name !== key ? { [name]: null } : {}), [key]: typed.value.trim() }
    void change({ facts }).then((kept) => kept && close())
  }
  return (
    <form onSubmit={submit} className={classes.grow} onKeyDown={(event) => event.key === 'Escape' && close()}>
      <Stack gap="xs" mt={name ? 0 : 'sm'}>
        <TextInput
          size="xs"
          label={say('factName')}
          value={typed.name}
          maxLength={500}
          error={taken && say('factTaken')}
          onChange={(event) => setTyped({ ...typed, name: event.currentTarget.value })}
          autoFocus={!name}
        />
        <TextInput
          size="xs"
          label={say('factValue')}
          value={typed.value}
          maxLength={500}
          onChange={(event) => setTyped({ ...typed, value: event.currentTarget.value })}
          autoFocus={Boolean(name)}
        />
        <Group gap="xs" justify="flex-end">
          <Button size="xs" variant="default" onClick={close}>
            {say('cancel')}
          </Button>
          <Button size="xs" type="submit" loading={busy} disabled={!key || !typed.value.trim() || taken}>
            {say('save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
