import { Badge, Button, Group, Text } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { EmptyState, ErrorState, LoadingLines } from '@/components/States'
import { parts } from '@/components/template/words'
import { answer, api, type Schemas } from '@/lib/api'
import { mayAct, useMe } from '@/lib/me'
import { toast, toastError } from '@/lib/toast'

import { pathOf, templatesOf, type Channel } from '../queries'
import { useNames, useSay } from '../texts'
import classes from './channels.module.css'

/** The approved messages of a channel, and those that are not approved (yet). */
export function Templates({ channel }: { channel: Channel }) {
  const say = useSay()
  const client = useQueryClient()
  const may = mayAct(useMe(), 'operator')
  const asked = useQuery(templatesOf(channel.id))
  const { mutate, isPending } = useMutation({
    mutationFn: () => answer(api.POST('/channels/{channel_id}/templates/sync', pathOf(channel.id))),
    onSuccess({ items }) {
      client.setQueryData(templatesOf(channel.id).queryKey, items)
      toast(say('templateSynced'))
    },
    onError: toastError,
  })
  const runs = channel.state === 'running'
  return (
    <>
      <Group justify="space-between" mb="md">
        <Text size="sm" c="dimmed" maw={560}>
          {say('templateText')} {may && !runs && say('templateStopped')}
        </Text>
        {may && (
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} aria-hidden />}
            loading={isPending}
            disabled={!runs}
            onClick={() => mutate()}
          >
            {say('templateSync')}
          </Button>
        )}
      </Group>
      {asked.isPending ? (
        <LoadingLines count={3} height={96} />
      ) : !asked.data ? (
        <ErrorState error={asked.error} retry={() => void asked.refetch()} />
      ) : asked.data.length === 0 ? (
        <EmptyState title={say('templateNone')} text={say('templateNoneText')} />
      ) : (
        <ul className={classes.templates} aria-label={say('tabTemplates')}>
          {asked.data.map((one) => (
            <Template key={`${one.name}\t${one.language}`} template={one} />
          ))}
        </ul>
      )}
    </>
  )
}

const COLORS: Record<string, string> = {
  approved: 'teal',
  pending: 'yellow',
  rejected: 'red',
  paused: 'orange',
  disabled: 'red',
}

function Template({ template }: { template: Schemas['TemplateView'] }) {
  const say = useSay()
  const names = useNames()
  const { name, language, status, category, reason, fillable, variables } = template
  const quality = template.quality === 'unknown' ? '' : template.quality
  const labels = new Map(variables.map((one) => [one.key, one.label]))
  const unusable = status === 'approved' && !fillable
  return (
    <li className={classes.template}>
      <Group gap={6} mb={8}>
        <strong className={classes.templateName}>{name}</strong>
        <Badge variant="light" tt="none" color={COLORS[status] ?? 'gray'}>
          {names.status(status)}
        </Badge>
        {[language, category].filter(Boolean).map((word) => (
          <Badge key={word} variant="default" tt="none">
            {word}
          </Badge>
        ))}
      </Group>
      <p className={classes.bubble} dir="auto" lang={language.replace('_', '-')}>
        {parts(template, {}).map((part, index) =>
          'words' in part ? part.words : <mark key={index}>{labels.get(part.key)}</mark>,
        )}
      </p>
      {(unusable || reason || quality) && (
        <p className={classes.dim}>
          {[unusable && say('templateUnfillable'), reason, quality && say('templateQuality', { quality })]
            .filter(Boolean)
            .join(' · ')}
        </p>
      )}
    </li>
  )
}
