import { Badge, Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useLocalStorage } from '@mantine/hooks'
import { useMemo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { ChannelIcon } from '@/components/ChannelIcon'
import { age, date } from '@/lib/time'

import type { Order } from '../asked'
import { addressOf, fieldsQuery, knownBy, type Customer } from '../queries'
import { useSay } from '../texts'

export interface Column {
  id: string
  title: string
  /** As in `grid-template-columns`. */
  width: string
  cell: (customer: Customer) => ReactNode
  /** The order of the list after the title was pressed. */
  order?: Order
  /** Which kind of quick filter stands under the title. */
  quick?: 'text' | 'date' | 'choice' | 'tag'
  choices?: { value: string; label: string }[]
}

const KEPT = 'baton.customers.columns'
const FIRST = ['email', 'phone', 'channels', 'tags', 'language', 'open', 'talked', 'created']

/** Every column there is, and which are shown; the name always is. */
export function useColumns() {
  const say = useSay()
  const { i18n } = useTranslation()
  const { data: fields = [] } = useQuery(fieldsQuery)
  const [shown, show] = useLocalStorage<string[]>({ key: KEPT, defaultValue: FIRST, getInitialValueInEffect: false })
  const { language } = i18n
  const all = useMemo<Column[]>(
    () => [
      {
        id: 'email',
        title: say('email'),
        width: 'minmax(150px, 1.4fr)',
        quick: 'text',
        cell: (one) => addressOf(one, 'email'),
      },
      {
        id: 'phone',
        title: say('phone'),
        width: 'minmax(130px, 1fr)',
        quick: 'text',
        cell: (one) => addressOf(one, 'phone'),
      },
      {
        id: 'channels',
        title: say('channels'),
        width: '120px',
        quick: 'choice',
        choices: [
          { value: 'telegram', label: 'Telegram' },
          { value: 'whatsapp', label: 'WhatsApp' },
          { value: 'email', label: say('email') },
        ],
        cell: (one) => <Channels customer={one} />,
      },
      {
        id: 'tags',
        title: say('tags'),
        width: 'minmax(120px, 0.9fr)',
        quick: 'tag',
        cell: (one) => <Tags tags={one.tags} />,
      },
      { id: 'language', title: say('language'), width: '100px', quick: 'text', cell: (one) => one.language },
      {
        id: 'open',
        title: say('open'),
        width: '84px',
        quick: 'choice',
        choices: [
          { value: 'yes', label: say('openYes') },
          { value: 'no', label: say('openNo') },
        ],
        cell: (one) => one.open || '–',
      },
      {
        id: 'talked',
        title: say('talked'),
        width: '140px',
        quick: 'date',
        order: 'talked',
        cell: (one) => (one.talked_at ? <time dateTime={one.talked_at}>{age(one.talked_at, language)}</time> : '–'),
      },
      {
        id: 'created',
        title: say('created'),
        width: '140px',
        quick: 'date',
        order: 'newest',
        cell: (one) => <time dateTime={one.created_at}>{date(one.created_at, language)}</time>,
      },
      ...fields.map(
        (field): Column => ({
          id: `f:${field.name}`,
          title: field.title,
          width: 'minmax(120px, 1fr)',
          quick: field.type === 'choice' || field.type === 'yes_no' ? 'choice' : 'text',
          choices:
            field.type === 'yes_no'
              ? [
                  { value: 'yes', label: say('yes') },
                  { value: 'no', label: say('no') },
                ]
              : field.choices.map((one) => ({ value: one, label: one })),
          cell: (one) => one.facts[field.name] ?? '',
        }),
      ),
    ],
    [say, fields, language],
  )
  const name: Column = {
    id: 'name',
    title: say('name'),
    width: 'minmax(190px, 1.4fr)',
    quick: 'text',
    order: 'name',
    cell: () => null,
  }
  return { all, shown: all.filter(({ id }) => shown.includes(id)), name, show }
}

function Channels({ customer }: { customer: Customer }) {
  return (
    <Group gap={4} wrap="nowrap">
      {knownBy(customer).map((one) => (
        <ChannelIcon key={one.kind + one.name} {...one} size={22} />
      ))}
    </Group>
  )
}

function Tags({ tags }: { tags: string[] }) {
  return (
    <Group gap={4} wrap="nowrap">
      {tags.map((tag) => (
        <Badge key={tag} variant="light" size="sm" tt="none" style={{ flex: 'none' }}>
          {tag}
        </Badge>
      ))}
    </Group>
  )
}
