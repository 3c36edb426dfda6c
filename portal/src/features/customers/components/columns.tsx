import { Badge, Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useLocalStorage } from '@mantine/hooks'
import { useMemo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { ChannelIcon } from '@/components/ChannelIcon'
import { ofWorld, useKinds } from '@/lib/kinds'
import { inWords } from '@/lib/language'
import { languages } from '@/lib/languages'
import { age, date } from '@/lib/time'

import type { Order } from '../asked'
import { addressOf, fieldsQuery, knownBy, type Customer, type Field } from '../queries'
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
  const { kinds, channel } = useKinds()
  const all = useMemo<Column[]>(
    () => [
      {
        id: 'email',
        title: say('email'),
        width: 'minmax(150px, 1.4fr)',
        quick: 'text',
        cell: (one) => addressOf(one, ofWorld(kinds, 'email')),
      },
      {
        id: 'phone',
        title: say('phone'),
        width: 'minmax(130px, 1fr)',
        quick: 'text',
        cell: (one) => addressOf(one, ofWorld(kinds, 'phone')),
      },
      {
        id: 'channels',
        title: say('channels'),
        width: '120px',
        quick: 'choice',
        choices: kinds.map((one) => ({
          value: one.identities.map(({ kind }) => kind).join(' '),
          label: channel(one.kind),
        })),
        cell: (one) => <Channels known={knownBy(one, kinds)} />,
      },
      {
        id: 'tags',
        title: say('tags'),
        width: 'minmax(120px, 0.9fr)',
        quick: 'tag',
        cell: (one) => <Tags tags={one.tags} />,
      },
      {
        id: 'language',
        title: say('language'),
        width: '116px',
        quick: 'choice',
        choices: languages(language, ''),
        cell: (one) => inWords(one.language, language),
      },
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
          title: field.title,
          width: 'minmax(120px, 1fr)',
          cell: (one) => valued(field, one.facts[field.name] ?? '', say, language),
          ...(field.type === 'choice' || field.type === 'yes_no'
            ? { id: `c:${field.name}`, quick: 'choice', choices: choicesOf(field, say) }
            : { id: `f:${field.name}`, quick: 'text' }),
        }),
      ),
    ],
    [say, fields, language, kinds, channel],
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

/** What a field may have, in words. */
export const choicesOf = (field: Field, say: ReturnType<typeof useSay>) =>
  field.type === 'yes_no'
    ? (['yes', 'no'] as const).map((one) => ({ value: one as string, label: say(one) }))
    : field.choices.map((one) => ({ value: one, label: one }))

/** What a field has, in words. */
function valued(field: Field, value: string, say: ReturnType<typeof useSay>, language: string): string {
  if (field.type === 'date' && /^\d{4}-\d\d-\d\d$/.test(value)) return date(`${value}T12:00`, language)
  return choicesOf(field, say).find((one) => one.value === value)?.label ?? value
}

function Channels({ known }: { known: ReturnType<typeof knownBy> }) {
  return (
    <Group gap={4} wrap="nowrap">
      {known.map((one) => (
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
