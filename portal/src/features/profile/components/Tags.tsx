import { ActionIcon, Autocomplete, Badge, Button } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'

import { tagsQuery, type Customer } from '../queries'
import { useSay } from '../texts'
import classes from './profile.module.css'
import { useChange } from './useChange'

/** What colleagues call the customer, such as VIP. */
export function Tags({ customer, may }: { customer: Customer; may: boolean }) {
  const say = useSay()
  const [adding, setAdding] = useState(false)
  const { change } = useChange(customer.id)
  if (!may && customer.tags.length === 0) return null
  return (
    <ul className={classes.tags} aria-label={say('tags')}>
      {customer.tags.map((tag) => (
        <li key={tag}>
          <Badge
            variant="light"
            size="lg"
            tt="none"
            rightSection={
              may && (
                <ActionIcon
                  variant="transparent"
                  c="inherit"
                  size={18}
                  aria-label={say('removeTag', { tag })}
                  onClick={() => void change({ tags: { [tag]: false } })}
                >
                  <IconX size={14} aria-hidden />
                </ActionIcon>
              )
            }
          >
            {tag}
          </Badge>
        </li>
      ))}
      {may && (
        <li>
          {adding ? (
            <Adding customer={customer} close={() => setAdding(false)} />
          ) : (
            <Button
              size="compact-sm"
              variant="subtle"
              leftSection={<IconPlus size={15} aria-hidden />}
              onClick={() => setAdding(true)}
            >
              {say('addTag')}
            </Button>
          )}
        </li>
      )}
    </ul>
  )
}

/** Enter adds it; an empty one is nothing. */
function Adding({ customer, close }: { customer: Customer; close: () => void }) {
  const say = useSay()
  const [typed, setTyped] = useState('')
  const { data = [] } = useQuery(tagsQuery)
  const { change, busy } = useChange(customer.id)
  const add = (tag: string) => {
    if (busy) return
    if (!tag.trim()) close()
    else void change({ tags: { [tag.trim()]: true } }).then((kept) => kept && close())
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add(typed)
  }
  return (
    <form onSubmit={submit}>
      <Autocomplete
        size="xs"
        aria-label={say('addTag')}
        data={data.filter((tag) => !customer.tags.includes(tag))}
        value={typed}
        maxLength={40}
        onChange={setTyped}
        onOptionSubmit={add}
        onKeyDown={(event) => event.key === 'Escape' && close()}
        onBlur={() => typed.trim() || close()}
        autoFocus
      />
    </form>
  )
}
