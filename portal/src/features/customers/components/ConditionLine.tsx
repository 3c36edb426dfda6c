import { ActionIcon, Autocomplete, Group, NativeSelect, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { identitiesOf, useKinds } from '@/lib/kinds'
import { languages } from '@/lib/languages'

import { condition as made, type Condition } from '../asked'
import { fieldsQuery, tagsQuery } from '../queries'
import { useSay } from '../texts'
import { choicesOf } from './columns'
import classes from './customers.module.css'

const HOW: Record<Condition['field'], string[]> = {
  name: ['begins', 'is', 'begins_not', 'set_not'],
  address: ['begins', 'begins_not', 'set', 'set_not'],
  email: ['begins', 'begins_not', 'set', 'set_not'],
  phone: ['begins', 'begins_not', 'set', 'set_not'],
  language: ['is', 'is_not', 'set', 'set_not'],
  tag: ['is', 'is_not', 'set', 'set_not'],
  kind: ['is', 'is_not'],
  added: ['since', 'before'],
  talked: ['since', 'before', 'set', 'set_not'],
  open: ['set', 'set_not'],
  fact: ['is', 'is_not', 'begins', 'set', 'set_not'],
}

interface Given {
  condition: Condition
  change: (wanted: Condition) => void
  remove: () => void
}

/** One condition: what, how, and which value. */
export function ConditionLine({ condition, change, remove }: Given) {
  const say = useSay()
  const { data: fields = [] } = useQuery(fieldsQuery)
  const what = condition.field === 'fact' ? `fact:${condition.fact}` : condition.field
  const known = ['name', 'address', 'email', 'phone', 'tag', 'kind', 'language', 'open', 'talked', 'added'] as const
  const subjects = [
    ...known.map((field) => ({ value: field as string, label: say(`field_${field}`) })),
    ...fields.map((field) => ({ value: `fact:${field.name}`, label: field.title })),
  ]
  if (!subjects.some(({ value }) => value === what)) subjects.push({ value: what, label: condition.fact })
  const turn = (wanted: string) => {
    const [field, fact] = wanted.startsWith('fact:')
      ? (['fact', wanted.slice(5)] as const)
      : ([wanted as Condition['field'], ''] as const)
    change(made({ field, fact, ...read(HOW[field][0] ?? 'is'), value: field === 'kind' ? 'email' : '' }))
  }
  const how = condition.op + (condition.negated ? '_not' : '')
  return (
    <div className={classes.condition}>
      <Group gap={6} wrap="nowrap">
        <NativeSelect
          size="xs"
          className={classes.grow}
          aria-label={say('conditionField')}
          data={subjects}
          value={what}
          onChange={(event) => turn(event.currentTarget.value)}
        />
        <NativeSelect
          size="xs"
          className={classes.grow}
          aria-label={say('conditionHow')}
          data={HOW[condition.field].map((one) => ({ value: one, label: say(`how_${one}` as 'how_is') }))}
          value={how}
          onChange={(event) => change({ ...condition, ...read(event.currentTarget.value) })}
        />
        <ActionIcon variant="subtle" color="gray" aria-label={say('removeCondition')} onClick={remove}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </Group>
      {condition.op !== 'set' && <Value condition={condition} change={(value) => change({ ...condition, value })} />}
    </div>
  )
}

function read(how: string): Pick<Condition, 'op' | 'negated'> {
  return { op: how.replace('_not', '') as Condition['op'], negated: how.endsWith('_not') }
}

function Value({ condition, change }: { condition: Condition; change: (value: string) => void }) {
  const say = useSay()
  const { data: fields = [] } = useQuery(fieldsQuery)
  const { data: tags = [] } = useQuery(tagsQuery)
  const { kinds, identity } = useKinds()
  const { i18n } = useTranslation()
  const shared = { size: 'xs', 'aria-label': say('conditionValue') } as const
  const field = condition.field === 'fact' ? fields.find(({ name }) => name === condition.fact) : undefined
  const choices =
    condition.field === 'kind'
      ? identitiesOf(kinds).map(({ kind }) => ({ value: kind, label: identity(kind) }))
      : condition.field === 'language'
        ? languages(i18n.language, condition.value)
        : field?.type === 'yes_no' && choicesOf(field, say)
  if (choices)
    return (
      <NativeSelect
        {...shared}
        data={choices.some(({ value }) => value === condition.value) ? choices : [{ value: '', label: '' }, ...choices]}
        value={condition.value}
        onChange={(event) => change(event.currentTarget.value)}
      />
    )
  if (condition.field === 'added' || condition.field === 'talked')
    return (
      <TextInput
        {...shared}
        type="date"
        value={condition.value}
        onChange={(event) => change(event.currentTarget.value)}
      />
    )
  const offered = condition.field === 'tag' ? tags : (field?.choices ?? [])
  return (
    <Autocomplete
      {...shared}
      maxLength={200}
      data={offered}
      value={condition.value}
      onChange={change}
      comboboxProps={{ withinPortal: true }}
    />
  )
}
