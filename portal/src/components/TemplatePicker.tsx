import { Alert, Badge, Button, Group, Select, Skeleton, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconInfoCircle, IconRefresh } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { answer, api, type Schemas } from '@/lib/api'
import { useCommon } from '@/lib/common'
import { inWords } from '@/lib/language'
import { sentence, toastError } from '@/lib/toast'

import classes from './template/template.module.css'
import { templatesOf, useTemplates } from './template/templates'
import { Variables } from './template/Variables'
import { isFilled, parts, usable, type Template, type Values } from './template/words'

export type TemplateWanted = Schemas['TemplateWanted']

interface Given {
  channelId: string
  /** Whose language and facts are offered first. */
  customerId?: string
  /** What is chosen and filled in when it is shown first, with or without gaps. */
  value: TemplateWanted | null
  /** What can be sent, null as long as something is missing or wrong; and what is chosen and filled in so far. */
  onChange: (value: TemplateWanted | null, begun: TemplateWanted) => void
}

/** Which approved message, what stands in its gaps, and how it then reads. */
export function TemplatePicker({ channelId, customerId = '', value, onChange }: Given) {
  const say = useCommon()
  const { i18n } = useTranslation()
  const { data, error, isPending, refetch } = useTemplates(channelId)
  const customer = useCustomer(customerId)
  const [chosen, setChosen] = useState(value?.name ? id(value) : null)
  const [values, setValues] = useState<Values>(value?.variables ?? {})
  const offered = usable(data ?? [], customer?.language)
  const template = offered.find((one) => id(one) === chosen)
  const problems = useProblems(channelId, template, values)
  const sendable = template && isFilled(template, values) && problems.length === 0
  const wanted = sendable
    ? { name: template.name, language: template.language, variables: trimmed(template, values) }
    : null
  const [name = '', language = ''] = chosen?.split('\t') ?? []
  useTelling(wanted, { name, language, variables: values }, onChange)
  if (isPending) return <Skeleton height={220} role="status" aria-label={say('loading')} />
  if (!data)
    return (
      <Alert color="red" role="alert">
        {sentence(error)}{' '}
        <Button size="compact-xs" variant="default" onClick={() => void refetch()}>
          {say('retry')}
        </Button>
      </Alert>
    )
  if (offered.length === 0) return <None channelId={channelId} many={data.length} />
  return (
    <div className={classes.picker}>
      <Stack gap="sm">
        <Select
          label={say('templateSelect')}
          placeholder={say('templateChoose')}
          nothingFoundMessage={say('paletteNothing')}
          data={offered.map((one) => ({
            value: id(one),
            label: `${one.name} · ${inWords(one.language, i18n.language)}`,
          }))}
          value={chosen}
          onChange={setChosen}
          searchable
          allowDeselect={false}
          checkIconPosition="right"
          openOnFocus={false}
          autoFocus
        />
        {template && (
          <>
            <Marks template={template} />
            <Variables
              template={template}
              values={values}
              problems={problems}
              known={customer ? [customer.name, ...Object.values(customer.facts)] : []}
              onChange={(key, text) => setValues({ ...values, [key]: text })}
            />
          </>
        )}
      </Stack>
      <Preview template={template} values={values} />
    </div>
  )
}

/** Its state, what the platform takes it for, and its language. */
function Marks({ template }: { template: Template }) {
  const say = useCommon()
  const { i18n } = useTranslation()
  const category = template.category.toLowerCase()
  const words = [
    say('templateApproved'),
    say(`templateCategory_${category}` as 'templateCategory_utility', { defaultValue: category }),
    inWords(template.language, i18n.language),
  ]
  return (
    <Group gap={6}>
      {words.filter(Boolean).map((word, index) => (
        <Badge key={word} size="sm" variant={index === 0 ? 'light' : 'default'} color="teal" tt="none">
          {word}
        </Badge>
      ))}
    </Group>
  )
}

function Preview({ template, values }: { template?: Template; values: Values }) {
  const say = useCommon()
  return (
    <section className={classes.preview} aria-label={say('templatePreview')}>
      <Text size="sm" fw={500} mb={4}>
        {say('templatePreview')}
      </Text>
      <div className={classes.paper}>
        {template ? (
          <p className={classes.bubble} dir="auto" lang={template.language.replace('_', '-')}>
            {parts(template, values).map((part, index) =>
              'words' in part ? (
                part.words
              ) : (
                <mark key={index} data-empty={!part.value || undefined}>
                  {part.value || label(template, part.key)}
                </mark>
              ),
            )}
          </p>
        ) : (
          <Text size="sm" ta="center" className={classes.hint}>
            {say('templatePreviewEmpty')}
          </Text>
        )}
      </div>
    </section>
  )
}

function None({ channelId, many }: { channelId: string; many: number }) {
  const say = useCommon()
  const client = useQueryClient()
  const { mutate, isPending } = useMutation({
    mutationFn: () =>
      answer(api.POST('/channels/{channel_id}/templates/sync', { params: { path: { channel_id: channelId } } })),
    onSuccess: ({ items }) => client.setQueryData(templatesOf(channelId), items),
    onError: toastError,
  })
  return (
    <Alert icon={<IconInfoCircle aria-hidden />} title={say(many > 0 ? 'templateNoneApproved' : 'templateNone')}>
      <Stack gap="xs" align="flex-start">
        {say('templateNoneText')}
        <Button
          size="xs"
          variant="default"
          leftSection={<IconRefresh size={16} />}
          loading={isPending}
          onClick={() => mutate()}
        >
          {say('templateSync')}
        </Button>
      </Stack>
    </Alert>
  )
}

const id = ({ name, language }: { name: string; language: string }) => `${name}\t${language}`
const label = ({ variables }: Template, key: string) => variables.find((one) => one.key === key)?.label ?? key
const NONE: Schemas['ProblemView'][] = []

/** Values of the variables that this template has; a value is kept when another one is looked at. */
function trimmed({ variables }: Template, values: Values): Values {
  const filled = variables.map(({ key }) => [key, values[key]?.trim() ?? ''] as const)
  return Object.fromEntries(filled.filter(([, text]) => text !== ''))
}

function useTelling(wanted: TemplateWanted | null, begun: TemplateWanted, onChange: Given['onChange']): void {
  const tell = useEffectEvent((now: string) => onChange(...(JSON.parse(now) as Parameters<Given['onChange']>)))
  const now = JSON.stringify([wanted, begun])
  useEffect(() => tell(now), [now])
}

function useCustomer(customerId: string) {
  return useQuery({
    queryKey: ['template-customer', customerId],
    queryFn: () => answer(api.GET('/customers/{customer_id}', { params: { path: { customer_id: customerId } } })),
    enabled: customerId !== '',
  }).data
}

/** What the platform would refuse in what is filled in; gaps that are still empty are no fault yet. */
function useProblems(channelId: string, template: Template | undefined, values: Values): Schemas['ProblemView'][] {
  const body = template
    ? { name: template.name, language: template.language, variables: trimmed(template, values) }
    : null
  const [settled] = useDebouncedValue(body && JSON.stringify(body), 350)
  const { data } = useQuery({
    queryKey: ['template-preview', channelId, settled],
    queryFn: () =>
      answer(
        api.POST('/channels/{channel_id}/templates/preview', {
          params: { path: { channel_id: channelId } },
          body: JSON.parse(settled ?? '') as TemplateWanted,
        }),
      ),
    enabled: settled !== null,
    staleTime: Infinity,
  })
  if (!body || settled !== JSON.stringify(body)) return NONE
  return data?.problems.filter((one) => one.key === '' || one.key in body.variables) ?? NONE
}
