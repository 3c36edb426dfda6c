import {
  ActionIcon,
  Button,
  CloseButton,
  Group,
  Menu,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconBookmark, IconPlus, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'

import { mayAct, useMe } from '@/lib/me'
import { toast, toastError } from '@/lib/toast'

import { complete, condition, isGroup, type Filter, type Part } from '../asked'
import { dropFilter, keepFilter, KEPT, keptQuery } from '../queries'
import { useSay } from '../texts'
import { ConditionLine } from './ConditionLine'
import classes from './customers.module.css'

const PAUSE = 300
const FIRST = () => condition({ field: 'tag', op: 'is' })
const NOTHING: Filter = { match: 'all', conditions: [] }

interface Given {
  filter: Filter | undefined
  apply: (filter: Filter | undefined) => void
  close: () => void
}

/** Conditions by all or any, and filters that were kept. What is finished narrows the list at once. */
export default function Filters({ filter, apply, close }: Given) {
  const say = useSay()
  const [draft, setDraft] = useState<Filter>(() => filter ?? { ...NOTHING, conditions: [FIRST()] })
  const later = useDebouncedCallback((wanted: Filter) => apply(complete(wanted) ?? undefined), PAUSE)
  const change = (wanted: Filter) => {
    setDraft(wanted)
    later(wanted)
  }
  return (
    <aside className={classes.panel} aria-label={say('filters')}>
      <Group justify="space-between" mb="sm" wrap="nowrap">
        <Title order={2} size="h5">
          {say('filters')}
        </Title>
        <CloseButton aria-label={say('closeFilters')} onClick={close} />
      </Group>
      <Kept choose={change} />
      <Conditions group={draft} change={change} depth={1} />
      <Group mt="md" justify="space-between">
        <Button variant="subtle" size="compact-sm" color="gray" onClick={() => change(NOTHING)}>
          {say('clearFilters')}
        </Button>
      </Group>
      <Keep filter={complete(draft)} />
    </aside>
  )
}

interface ConditionsGiven {
  group: Filter
  change: (wanted: Filter) => void
  depth: number
}

function Conditions({ group, change, depth }: ConditionsGiven) {
  const say = useSay()
  const put = (index: number, part: Part | null) =>
    change({
      ...group,
      conditions: group.conditions.flatMap((one, at) => (at !== index ? [one] : part ? [part] : [])),
    })
  const add = (part: Part) => change({ ...group, conditions: [...group.conditions, part] })
  return (
    <Stack gap="xs" className={depth > 1 ? classes.inner : undefined}>
      {group.conditions.length > 1 && (
        <SegmentedControl
          size="xs"
          aria-label={say('match')}
          value={group.match}
          onChange={(match) => change({ ...group, match: match as Filter['match'] })}
          data={[
            { value: 'all', label: say('matchAll') },
            { value: 'any', label: say('matchAny') },
          ]}
        />
      )}
      {group.conditions.map((part, index) =>
        isGroup(part) ? (
          <Conditions
            key={index}
            group={part}
            depth={depth + 1}
            change={(wanted) => put(index, wanted.conditions.length > 0 ? wanted : null)}
          />
        ) : (
          <ConditionLine
            key={index}
            condition={part}
            change={(wanted) => put(index, wanted)}
            remove={() => put(index, null)}
          />
        ),
      )}
      <Group gap="xs">
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={15} aria-hidden />}
          onClick={() => add(FIRST())}
        >
          {say('addCondition')}
        </Button>
        {depth === 1 && (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPlus size={15} aria-hidden />}
            onClick={() => add({ match: 'any', conditions: [FIRST(), FIRST()] })}
          >
            {say('addGroup')}
          </Button>
        )}
      </Group>
    </Stack>
  )
}

/** Filters that somebody kept, for everybody. */
function Kept({ choose }: { choose: (filter: Filter) => void }) {
  const say = useSay()
  const me = useMe()
  const client = useQueryClient()
  const { data: kept = [] } = useQuery(keptQuery)
  const { mutate: drop } = useMutation({
    mutationFn: dropFilter,
    onSuccess: () => client.invalidateQueries({ queryKey: KEPT }),
    onError: toastError,
  })
  if (kept.length === 0) return null
  return (
    <Menu position="bottom-start" width="target" withinPortal>
      <Menu.Target>
        <Button fullWidth variant="default" mb="sm" leftSection={<IconBookmark size={16} aria-hidden />}>
          {say('kept')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {kept.map((one) => (
          <Group key={one.id} gap={4} wrap="nowrap">
            <Menu.Item className={classes.grow} onClick={() => choose(one.filter)}>
              {one.name}
            </Menu.Item>
            {(one.operator_id === me.id || mayAct(me, 'admin')) && (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={say('dropFilter', { name: one.name })}
                onClick={() => drop(one.id)}
              >
                <IconTrash size={16} aria-hidden />
              </ActionIcon>
            )}
          </Group>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function Keep({ filter }: { filter: Filter | null }) {
  const say = useSay()
  const may = mayAct(useMe(), 'operator')
  const client = useQueryClient()
  const [name, setName] = useState('')
  const { mutate, isPending } = useMutation({
    mutationFn: (wanted: Filter) => keepFilter(name.trim(), wanted),
    onSuccess(kept) {
      toast(say('filterKept', { name: kept.name }))
      setName('')
      void client.invalidateQueries({ queryKey: KEPT })
    },
    onError: toastError,
  })
  if (!may) return null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (filter && name.trim()) mutate(filter)
  }
  return (
    <form onSubmit={submit} className={classes.keep}>
      <TextInput
        size="xs"
        className={classes.grow}
        label={say('keepAs')}
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button size="xs" type="submit" variant="light" loading={isPending} disabled={!filter || !name.trim()}>
        {say('keep')}
      </Button>
      {!filter && (
        <Text size="xs" c="dimmed" className={classes.whole}>
          {say('keepHint')}
        </Text>
      )}
    </form>
  )
}
