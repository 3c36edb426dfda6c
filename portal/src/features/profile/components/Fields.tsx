import { NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import { fieldsQuery, type Customer, type Field } from '../queries'
import { useSay } from '../texts'
import classes from './profile.module.css'
import { Section } from './Section'
import { useChange } from './useChange'

/** What everybody is asked for: filled by agents and by hand. */
export function Fields({ customer, may }: { customer: Customer; may: boolean }) {
  const say = useSay()
  const { data: fields = [] } = useQuery(fieldsQuery)
  if (fields.length === 0) return null
  return (
    <Section title={say('fields')}>
      <div className={classes.fields}>
        {fields.map((field) => (
          <Value key={field.name} customer={customer} field={field} may={may} />
        ))}
      </div>
    </Section>
  )
}

interface Given {
  customer: Customer
  field: Field
  may: boolean
}

/** Saved when it is left, or by Enter; Escape takes back what was typed. */
function Value({ customer, field, may }: Given) {
  const say = useSay()
  const now = customer.facts[field.name] ?? ''
  const [typed, setTyped] = useState(now)
  const { change, busy } = useChange(customer.id)
  useEffect(() => setTyped(now), [now])
  const save = (value: string) => {
    if (value.trim() !== now) void change({ facts: { [field.name]: value.trim() || null } })
  }
  const shared = { label: field.title, size: 'sm', readOnly: !may } as const
  const choices = field.type === 'yes_no' ? ['yes', 'no'] : field.choices
  if (choices.length > 0) {
    const named = choices.map((one) => ({
      value: one,
      label: field.type === 'yes_no' ? say(one as 'yes' | 'no') : one,
    }))
    const odd = now && !choices.includes(now) ? [{ value: now, label: now }] : []
    return (
      <NativeSelect
        {...shared}
        disabled={!may || busy}
        data={[{ value: '', label: '–' }, ...named, ...odd]}
        value={now}
        onChange={(event) => save(event.currentTarget.value)}
      />
    )
  }
  return (
    <TextInput
      {...shared}
      type={field.type === 'date' && (!now || /^\d{4}-\d\d-\d\d$/.test(now)) ? 'date' : 'text'}
      inputMode={field.type === 'number' ? 'decimal' : undefined}
      maxLength={500}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={() => save(typed)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save(typed)
        if (event.key === 'Escape') setTyped(now)
      }}
    />
  )
}
