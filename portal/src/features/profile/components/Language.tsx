import { Select, UnstyledButton } from '@mantine/core'
import { IconLanguage } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { inWords } from '@/lib/language'
import { languages } from '@/lib/languages'

import type { Customer } from '../queries'
import { useSay } from '../texts'
import { useChange } from './useChange'

/** What the customer speaks; agents answer in it. */
export function Language({ customer, may }: { customer: Customer; may: boolean }) {
  const say = useSay()
  const { i18n } = useTranslation()
  const [open, setOpen] = useState(false)
  const { change } = useChange(customer.id)
  const data = useMemo(() => languages(i18n.language, customer.language), [customer.language, i18n.language])
  const shown = inWords(customer.language, i18n.language) || say('noLanguage')
  if (!may) return <span>{shown}</span>
  if (!open)
    return (
      <UnstyledButton fz="sm" c="inherit" onClick={() => setOpen(true)} aria-label={`${say('language')}: ${shown}`}>
        <IconLanguage size={15} aria-hidden style={{ verticalAlign: '-2px', marginInlineEnd: 4 }} />
        {shown}
      </UnstyledButton>
    )
  return (
    <Select
      aria-label={say('language')}
      size="xs"
      data={data}
      value={customer.language || null}
      onChange={(wanted) => {
        setOpen(false)
        if ((wanted ?? '') !== customer.language) void change({ language: wanted ?? '' })
      }}
      onDropdownClose={() => setOpen(false)}
      defaultDropdownOpened
      searchable
      clearable
      autoFocus
    />
  )
}
