import { Alert, Button, Group, Text } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import type { ReactNode } from 'react'

import type { Name } from '../draft'
import { useOperators } from '../queries'
import { useSay } from '../texts'
import classes from './agents.module.css'
import type { Form } from './useSettings'

interface Given {
  title: string
  theirs: ReactNode
  keep: () => void
  take: () => void
}

/** Somebody else has changed what is being changed here: both are there until one is chosen. */
export function Choice({ title, theirs, keep, take }: Given) {
  const say = useSay()
  return (
    <Alert variant="light" color="orange" icon={<IconUsers size={18} aria-hidden />} title={title} mb="md">
      <Text size="sm">{say('meanwhileText')}</Text>
      <div className={classes.theirs} tabIndex={0} role="region" aria-label={`${say('theirs')}: ${title}`} dir="auto">
        {theirs}
      </div>
      <Group gap="xs">
        <Button size="xs" variant="default" onClick={keep}>
          {say('keepMine')}
        </Button>
        <Button size="xs" variant="default" onClick={take}>
          {say('takeTheirs')}
        </Button>
      </Group>
    </Alert>
  )
}

export function Meanwhile({ form, name }: { form: Form; name: Name }) {
  const say = useSay()
  return (
    <Choice
      title={say('meanwhile', { setting: say(`set_${name}`) })}
      theirs={<Theirs form={form} name={name} />}
      keep={() => form.insist(name)}
      take={() => form.yield(name)}
    />
  )
}

/** A setting's stored value, in words. */
function Theirs({ form, name }: { form: Form; name: Name }) {
  const say = useSay()
  const operators = useOperators()
  const value = form.agent[name]
  if (name === 'allow_handoff') return <>{say(form.agent.allow_handoff ? 'handoffOn' : 'handoffOff')}</>
  if (name === 'suggests') return <>{say(`suggests_${form.agent.suggests}`)}</>
  if (name === 'assigned_mode') return <>{say(`assigned_${form.agent.assigned_mode}`)}</>
  if (name === 'fallback') return <>{say(`fallback_${form.agent.fallback}`)}</>
  if (!Array.isArray(value)) return <>{value === null || value === '' ? say('nothing') : value}</>
  if (value.length === 0) return <>{say('nothing')}</>
  const named =
    name === 'default_operators' ? value.map((id) => operators.find((one) => one.id === id)?.name ?? id) : value
  return <>{named.join('\n')}</>
}
