import { Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'

import { tagsQuery } from '../queries'
import { useSay } from '../texts'
import type { Column } from './columns'

const PAUSE = 300

interface Given {
  column: Column
  value: string
  change: (value: string) => void
}

/** What stands under the title of a column, and narrows the list to it. */
export function Quick({ column, value, change }: Given) {
  const say = useSay()
  const label = say('quick', { column: column.title })
  if (column.quick === 'choice')
    return <Choice label={label} value={value} change={change} data={column.choices ?? []} />
  if (column.quick === 'tag') return <TagChoice label={label} value={value} change={change} />
  return <Typed label={label} value={value} change={change} type={column.quick === 'date' ? 'date' : 'search'} />
}

interface ChoiceGiven extends Omit<Given, 'column'> {
  label: string
  data: { value: string; label: string }[] | string[]
}

function Choice({ label, value, change, data }: ChoiceGiven) {
  return (
    <Select
      size="xs"
      aria-label={label}
      clearable
      searchable={data.length > 8}
      comboboxProps={{ width: 'max-content', withinPortal: true }}
      data={data}
      value={value || null}
      onChange={(now) => change(now ?? '')}
    />
  )
}

function TagChoice(given: Omit<ChoiceGiven, 'data'>) {
  const { data = [] } = useQuery(tagsQuery)
  return <Choice {...given} data={data} />
}

interface TypedGiven extends Omit<Given, 'column'> {
  label: string
  type: string
}

/** What is being typed is the field's own; the address follows. */
function Typed({ label, value, change, type }: TypedGiven) {
  const [typed, setTyped] = useState(value)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (document.activeElement !== field.current) setTyped(value)
  }, [value])
  const later = useDebouncedCallback(change, PAUSE)
  return (
    <TextInput
      ref={field}
      size="xs"
      aria-label={label}
      type={type}
      value={typed}
      maxLength={200}
      onChange={(event) => {
        setTyped(event.currentTarget.value)
        later(event.currentTarget.value)
      }}
    />
  )
}
