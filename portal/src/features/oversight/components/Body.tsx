import { Alert, Anchor, Button, Drawer, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { CopyButton } from '@/components/CopyButton'
import { EmptyState, ErrorState, LoadingLines } from '@/components/States'
import { ApiError, type Schemas } from '@/lib/api'
import { useKeys } from '@/lib/keys'
import { full } from '@/lib/time'
import { sentence, toast } from '@/lib/toast'

import { keptOf, useDeal } from '../queries'
import { useSay } from '../texts'
import { pretty } from '../words'
import classes from './oversight.module.css'
import { Channel, State } from './Parts'

/** One body beside the list: what it is, and what can be done with it. */
export function Body({ id, close }: { id: string; close: () => void }) {
  const say = useSay()
  const asked = useQuery(keptOf(id))
  const missing = asked.error instanceof ApiError && asked.error.status === 404
  return (
    <Drawer opened position="right" size={640} onClose={close} title={<b>{say('body')}</b>}>
      {asked.isPending ? (
        <LoadingLines height={24} count={8} />
      ) : missing ? (
        <EmptyState title={say('missing')} text={say('missingText')} />
      ) : asked.isError ? (
        <ErrorState error={asked.error} retry={() => void asked.refetch()} />
      ) : (
        <Kept kept={asked.data} />
      )}
    </Drawer>
  )
}

function Kept({ kept }: { kept: Schemas['FullKeptView'] }) {
  const say = useSay()
  const { i18n } = useTranslation()
  const when = full(kept.received_at, i18n.language)
  const text = kept.whole ? pretty(kept.preview) : kept.preview
  return (
    <>
      <dl className={classes.facts}>
        <dt>{say('channel')}</dt>
        <dd>
          <Channel id={kept.channel_id} />
        </dd>
        <dt>{say('arrived')}</dt>
        <dd>{when}</dd>
        <dt>{say('reason')}</dt>
        <dd>
          {say('unreadText')} <code className={classes.why}>{kept.error}</code>
        </dd>
        <dt>{say('event')}</dt>
        <dd>
          <code>{kept.event_id}</code> ·{' '}
          {new Intl.NumberFormat(i18n.language, { style: 'unit', unit: 'byte', unitDisplay: 'long' }).format(kept.size)}
        </dd>
        <dt>{say('state')}</dt>
        <dd>
          <State kept={kept} />
        </dd>
      </dl>
      <Group justify="space-between" mb={4}>
        <Text size="xs" c="dimmed">
          {!kept.whole && say('bodyPart')}
        </Text>
        <CopyButton text={kept.preview} label={say('copyBody')} size={30} />
      </Group>
      <pre className={classes.body} tabIndex={0} aria-label={say('body')} role="region">
        {text}
      </pre>
      <Deal kept={kept} />
    </>
  )
}

/** Replay and dismiss, and what came of it. */
function Deal({ kept }: { kept: Schemas['FullKeptView'] }) {
  const say = useSay()
  const { i18n } = useTranslation()
  const { mutate, isPending, variables, error, reset } = useDeal(kept.id)
  const done = kept.replayed_at !== null
  const act = (what: 'replay' | 'dismiss') => {
    reset()
    mutate(what, { onSuccess: () => toast(say(`${what}Done`)) })
  }
  const mayDismiss = !done && kept.dismissed_at === null
  useKeys([
    ...(done
      ? []
      : [{ keys: 'r', label: say('replay'), group: say('group'), run: () => act('replay'), inDialog: true }]),
    ...(mayDismiss
      ? [{ keys: 'd', label: say('dismiss'), group: say('group'), run: () => act('dismiss'), inDialog: true }]
      : []),
  ])
  const when = kept.replayed_at ?? kept.dismissed_at
  return (
    <div className={classes.deal}>
      {error && <Refused error={error} kept={kept} />}
      <Text size="xs" c="dimmed">
        {when ? say(done ? 'replayAt' : 'dismissAt', { when: full(when, i18n.language) }) : say('replayHint')}
      </Text>
      {!done && (
        <Group justify="flex-end" gap="sm">
          {mayDismiss && (
            <Button
              variant="default"
              disabled={isPending}
              loading={isPending && variables === 'dismiss'}
              onClick={() => act('dismiss')}
            >
              {say('dismiss')}
            </Button>
          )}
          <Button disabled={isPending} loading={isPending && variables === 'replay'} onClick={() => act('replay')}>
            {say('replay')}
          </Button>
        </Group>
      )}
    </div>
  )
}

function Refused({ error, kept }: { error: Error; kept: Schemas['FullKeptView'] }) {
  const say = useSay()
  const code = error instanceof ApiError ? error.code : ''
  const said = {
    conflict: say(kept.replayed_at ? 'already' : 'still'),
    channel_not_running: say('stopped'),
    not_found: say('noChannel'),
  }[code]
  return (
    <Alert color="red" role="alert">
      {said ?? sentence(error)}{' '}
      {code === 'channel_not_running' && (
        <Anchor component={Link} to={`/settings/channels/${kept.channel_id}`} size="sm" underline="always">
          {say('toChannel')}
        </Anchor>
      )}
    </Alert>
  )
}
