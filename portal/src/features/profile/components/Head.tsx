import { ActionIcon, Button, TextInput, Title, Tooltip } from '@mantine/core'
import { IconArrowsJoin2, IconCheck, IconMessagePlus, IconPencil, IconX } from '@tabler/icons-react'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { Face } from '@/components/Face'
import { date } from '@/lib/time'

import type { Customer } from '../queries'
import { useSay } from '../texts'
import { Language } from './Language'
import classes from './profile.module.css'
import { Tags } from './Tags'
import { useChange } from './useChange'

interface Given {
  customer: Customer
  start: () => void
  merge: () => void
  /** Whether who looks may change anything. */
  may: boolean
}

/** Who this is, and the way to write to them. */
export function Head({ customer, start, merge, may }: Given) {
  const say = useSay()
  const { i18n } = useTranslation()
  return (
    <header className={classes.head}>
      <Face name={customer.name} size={52} />
      <div className={classes.grow}>
        <Name customer={customer} may={may} />
        <div className={classes.about}>
          <Language customer={customer} may={may} />
          <span>{say('since', { date: date(customer.created_at, i18n.language) })}</span>
          <span>{say('counts', { count: customer.counts.sessions, messages: customer.counts.messages })}</span>
        </div>
        <Tags customer={customer} may={may} />
      </div>
      {may && (
        <Button variant="default" leftSection={<IconArrowsJoin2 size={18} aria-hidden />} onClick={merge}>
          {say('merge')}
        </Button>
      )}
      <Tooltip label={say('mayNot')} disabled={may}>
        <Button
          leftSection={<IconMessagePlus size={18} aria-hidden />}
          onClick={start}
          data-disabled={!may || undefined}
          aria-disabled={!may}
        >
          {say('startConversation')}
        </Button>
      </Tooltip>
    </header>
  )
}

function Name({ customer, may }: { customer: Customer; may: boolean }) {
  const say = useSay()
  const [typed, setTyped] = useState<string | null>(null)
  const { change, busy } = useChange(customer.id)
  const save = (event: FormEvent) => {
    event.preventDefault()
    void change({ name: (typed ?? '').trim() }).then((kept) => kept && setTyped(null))
  }
  if (typed === null)
    return (
      <div className={classes.name}>
        <Title order={1} size="h3" dir="auto">
          {customer.name || say('unknown')}
        </Title>
        {may && (
          <Tooltip label={say('rename')} openDelay={300}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={say('rename')}
              onClick={() => setTyped(customer.name)}
            >
              <IconPencil size={17} aria-hidden />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
    )
  return (
    <form className={classes.name} onSubmit={save}>
      <TextInput
        aria-label={say('nameLabel')}
        value={typed}
        maxLength={200}
        size="sm"
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Escape' && setTyped(null)}
        autoFocus
      />
      <ActionIcon type="submit" loading={busy} aria-label={say('save')}>
        <IconCheck size={17} aria-hidden />
      </ActionIcon>
      <ActionIcon variant="default" aria-label={say('cancel')} onClick={() => setTyped(null)}>
        <IconX size={17} aria-hidden />
      </ActionIcon>
    </form>
  )
}
