import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  Modal,
  NativeSelect,
  Stack,
  Tabs,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { mayAct, useMe } from '@/lib/me'
import { sentence, toast } from '@/lib/toast'

import { FIELDS, fieldsQuery, putFields, type Field } from '../queries'
import { useSay } from '../texts'
import type { useColumns } from './columns'
import classes from './customers.module.css'

const TYPES = ['text', 'number', 'date', 'yes_no', 'choice'] as const

interface Given {
  columns: ReturnType<typeof useColumns>
  close: () => void
}

/** Which columns this browser shows; and, for admins, which fields customers have. */
export default function Fields({ columns, close }: Given) {
  const say = useSay()
  const admin = mayAct(useMe(), 'admin')
  return (
    <Modal opened onClose={close} title={say('fields')} size="xl">
      <Tabs defaultValue="columns" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="columns">{say('columns')}</Tabs.Tab>
          <Tabs.Tab value="fields">{say('ownFields')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="columns">
          <Columns {...columns} />
        </Tabs.Panel>
        <Tabs.Panel value="fields">{admin ? <Editor close={close} /> : <Known />}</Tabs.Panel>
      </Tabs>
    </Modal>
  )
}

function Columns({ all, shown, show }: Given['columns']) {
  const say = useSay()
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {say('columnsText')}
      </Text>
      {all.map((column) => (
        <Checkbox
          key={column.id}
          label={column.title}
          checked={shown.includes(column)}
          onChange={(event) => {
            const { checked } = event.currentTarget
            show((now) => (checked ? [...now, column.id] : now.filter((one) => one !== column.id)))
          }}
        />
      ))}
    </Stack>
  )
}

function Known() {
  const say = useSay()
  const { data: fields = [] } = useQuery(fieldsQuery)
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {say('fieldsOnlyAdmins')}
      </Text>
      {fields.map((field) => (
        <Text key={field.name} size="sm">
          {field.title} · {field.name} · {say(`type_${field.type}`)}
        </Text>
      ))}
    </Stack>
  )
}

function Editor({ close }: { close: () => void }) {
  const { data } = useQuery(fieldsQuery)
  return data ? <Lines before={data} close={close} /> : null
}

function Lines({ before, close }: { before: Field[]; close: () => void }) {
  const say = useSay()
  const client = useQueryClient()
  const [fields, setFields] = useState(before)
  const put = (index: number, ...wanted: Field[]) => setFields(fields.toSpliced(index, 1, ...wanted))
  const swap = (index: number, by: 1 | -1) => {
    const [one, other] = [fields[index], fields[index + by]]
    if (one && other) setFields(fields.with(index, other).with(index + by, one))
  }
  const saving = useMutation({
    mutationFn: () => putFields(fields),
    onSuccess(kept) {
      client.setQueryData(FIELDS, kept)
      toast(say('fieldsKept'))
      close()
    },
  })
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {say('fieldsText')}
      </Text>
      {fields.map((field, index) => (
        <div key={index} className={classes.fieldLine} role="group" aria-label={field.title || say('newField')}>
          <FieldInputs field={field} change={(wanted) => put(index, wanted)} />
          <Group gap={2} wrap="nowrap">
            <Tool
              label={say('up', { title: field.title })}
              Icon={IconArrowUp}
              run={() => swap(index, -1)}
              disabled={index === 0}
            />
            <Tool
              label={say('down', { title: field.title })}
              Icon={IconArrowDown}
              run={() => swap(index, 1)}
              disabled={index === fields.length - 1}
            />
            <Tool label={say('removeField', { title: field.title })} Icon={IconTrash} run={() => put(index)} />
          </Group>
        </div>
      ))}
      {saving.error && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {sentence(saving.error)}
        </Text>
      )}
      <Group justify="space-between">
        <Button
          variant="light"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => setFields([...fields, { name: '', title: '', type: 'text', choices: [] }])}
        >
          {say('addField')}
        </Button>
        <Button loading={saving.isPending} onClick={() => saving.mutate()}>
          {say('keepFields')}
        </Button>
      </Group>
    </Stack>
  )
}

function FieldInputs({ field, change }: { field: Field; change: (wanted: Field) => void }) {
  const say = useSay()
  const rename = (title: string) => {
    const own = field.name !== technical(field.title)
    change({ ...field, title, name: own && field.name ? field.name : technical(title) })
  }
  return (
    <div className={classes.fieldInputs}>
      <TextInput
        size="xs"
        label={say('fieldTitle')}
        value={field.title}
        maxLength={100}
        onChange={(event) => rename(event.currentTarget.value)}
      />
      <TextInput
        size="xs"
        label={say('fieldName')}
        value={field.name}
        maxLength={60}
        onChange={(event) => change({ ...field, name: event.currentTarget.value })}
      />
      <NativeSelect
        size="xs"
        label={say('fieldType')}
        data={TYPES.map((type) => ({ value: type, label: say(`type_${type}`) }))}
        value={field.type}
        onChange={(event) => change({ ...field, type: event.currentTarget.value as Field['type'], choices: [] })}
      />
      {field.type === 'choice' && (
        <TagsInput
          size="xs"
          className={classes.whole}
          label={say('fieldChoices')}
          value={field.choices}
          onChange={(choices) => change({ ...field, choices })}
        />
      )}
    </div>
  )
}

/** As programs and agents call it. */
function technical(title: string): string {
  const plain = title
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9 _]/g, '')
    .trim()
  return plain
    .replace(/\s+/g, '_')
    .toLowerCase()
    .replace(/^[^a-z]+/, '')
}

interface ToolGiven {
  label: string
  Icon: typeof IconTrash
  run: () => void
  disabled?: boolean
}

function Tool({ label, Icon, run, disabled }: ToolGiven) {
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} title={label} onClick={run} disabled={disabled}>
      <Icon size={16} aria-hidden />
    </ActionIcon>
  )
}
