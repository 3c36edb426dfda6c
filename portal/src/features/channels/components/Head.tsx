import { Alert, Anchor, Button, Group, Title } from '@mantine/core'
import { IconArrowLeft, IconPlayerPlay, IconPlayerStop, IconPlugConnected, IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'

import { ChannelIcon } from '@/components/ChannelIcon'
import { answer, api, ApiError, type Schemas } from '@/lib/api'
import { useCommon } from '@/lib/common'
import { confirm } from '@/lib/confirm'
import { mayAct, useMe } from '@/lib/me'
import { useSaid } from '@/lib/said'
import { toast, toastError } from '@/lib/toast'

import { CHANNELS, keep, pathOf, type Channel } from '../queries'
import { useNames, useSay } from '../texts'
import classes from './channels.module.css'
import { State } from './State'

/** To the list. */
export function Back() {
  const say = useSay()
  return (
    <Anchor component={Link} to="/settings/channels" size="sm" className={classes.back}>
      <IconArrowLeft size={16} aria-hidden className={classes.arrow} />
      {say('all')}
    </Anchor>
  )
}

/** What became of a test; null: nothing yet, or it is old. */
export type Tried = Schemas['ChannelTriedView'] | null

interface Given {
  channel: Channel
  tried: Tried
  tell: (tried: Tried) => void
}

/** Which channel this is, how it is, and what can be done with it. */
export function Head({ channel, tried, tell }: Given) {
  const say = useSay()
  const said = useSaid()
  const common = useCommon()
  const names = useNames()
  const may = mayAct(useMe(), 'admin')
  return (
    <header>
      <Back />
      <div className={classes.head}>
        <ChannelIcon kind={channel.kind} name={names.kind(channel.kind)} size={44} />
        <div className={classes.who}>
          <Title order={1} size="h3" className={classes.name}>
            {channel.name}
          </Title>
          <span className={classes.dim}>{names.kind(channel.kind)}</span>
        </div>
        <span role="status">
          <State channel={channel} />
        </span>
        {may && <Acts channel={channel} tell={tell} />}
      </div>
      {!may && <Alert color="gray">{say('onlyAdmins')}</Alert>}
      {channel.state === 'stopped' && <Alert color="gray">{say('stoppedText')}</Alert>}
      {channel.error && (
        <Alert
          color={channel.state === 'error' ? 'red' : 'yellow'}
          title={say(channel.state === 'error' ? 'errorTitle' : 'retryingTitle')}
          role={channel.state === 'error' ? 'alert' : undefined}
        >
          {said(channel.error)}
          {may && channel.state === 'error' && <div className={classes.advice}>{say('errorText')}</div>}
        </Alert>
      )}
      {tried && (
        <Alert
          color={tried.ok ? 'teal' : 'red'}
          title={say(tried.ok ? 'testWorked' : 'testFailed')}
          role={tried.ok ? 'status' : 'alert'}
          withCloseButton
          closeButtonLabel={common('dismiss')}
          onClose={() => tell(null)}
        >
          {said(tried.detail)}
          {tried.advice && <div className={classes.advice}>{said(tried.advice)}</div>}
        </Alert>
      )}
    </header>
  )
}

function Acts({ channel, tell }: Omit<Given, 'tried'>) {
  const say = useSay()
  const client = useQueryClient()
  const runs = channel.state === 'running' || channel.state === 'starting'
  const path = pathOf(channel.id)
  const switching = useMutation({
    mutationFn: () =>
      answer(runs ? api.POST('/channels/{channel_id}/stop', path) : api.POST('/channels/{channel_id}/start', path)),
    onSuccess: (now) => keep(client, now),
    onError: toastError,
  })
  const testing = useMutation({
    mutationFn: () => answer(api.POST('/channels/{channel_id}/test', path)),
    onMutate: () => tell(null),
    onSuccess: tell,
    onError: toastError,
  })
  return (
    <Group gap="xs" className={classes.acts}>
      <Button
        variant="default"
        leftSection={<IconPlugConnected size={16} aria-hidden />}
        loading={testing.isPending}
        onClick={() => testing.mutate()}
      >
        {say('test')}
      </Button>
      <Button
        variant={runs ? 'default' : 'filled'}
        leftSection={runs ? <IconPlayerStop size={16} aria-hidden /> : <IconPlayerPlay size={16} aria-hidden />}
        loading={switching.isPending}
        onClick={() => switching.mutate()}
      >
        {say(runs ? 'stop' : 'start')}
      </Button>
      <Delete channel={channel} />
    </Group>
  )
}

function Delete({ channel }: { channel: Channel }) {
  const say = useSay()
  const go = useNavigate()
  const client = useQueryClient()
  const { name } = channel
  const { mutate, isPending } = useMutation({
    mutationFn: () => answer(api.DELETE('/channels/{channel_id}', pathOf(channel.id))),
    async onSuccess() {
      toast(say('deleted', { name }))
      await go({ to: '/settings/channels', ignoreBlocker: true })
      client.setQueryData(CHANNELS.queryKey, (all) => all?.filter((one) => one.id !== channel.id))
    },
    onError(error) {
      const kept = error instanceof ApiError && error.code === 'channel_has_history'
      toastError(kept ? new ApiError(error.status, error.code, say('hasHistory')) : error)
    },
  })
  const ask = async () => {
    const question = {
      title: say('deleteTitle', { name }),
      text: say('deleteText'),
      yes: say('deleteYes'),
      grave: true,
    }
    if (await confirm(question)) mutate()
  }
  return (
    <Button
      variant="subtle"
      color="red"
      leftSection={<IconTrash size={16} aria-hidden />}
      loading={isPending}
      onClick={() => void ask()}
    >
      {say('delete')}
    </Button>
  )
}
