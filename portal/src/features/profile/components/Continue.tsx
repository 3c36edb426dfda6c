import { Anchor, Button, Text } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'

import { useActions } from '@/lib/actions'
import { answer, api } from '@/lib/api'
import { useKeys } from '@/lib/keys'
import { toast, toastError } from '@/lib/toast'

import { openWorkspace, workspace } from '../open'
import { logOf, sessionsOf, type Card } from '../queries'
import { useSay } from '../texts'

/** Takes the conversation over and opens it in the workspace; or says why that cannot be. */
export function Continue({ card, may }: { card: Card; may: boolean }) {
  const say = useSay()
  const why = useId()
  const client = useQueryClient()
  const [blocked, setBlocked] = useState(false)
  const finished = card.control.mode === 'finished'
  const reason = finished ? say('finishedWhy') : may ? '' : say('mayNot')
  const { mutate, isPending } = useMutation({
    mutationFn: () =>
      answer(api.POST('/sessions/{session_id}/takeover', { params: { path: { session_id: card.id } } })),
    onSuccess: () => {
      setBlocked(!openWorkspace(card.id))
      toast(say('continued'))
    },
    onError: toastError,
    onSettled: () => {
      void client.invalidateQueries({ queryKey: sessionsOf(card.customer_id).queryKey })
      void client.invalidateQueries({ queryKey: logOf(card.id).queryKey })
    },
  })
  const run = () => {
    if (!reason && !isPending) mutate()
  }
  useKeys([{ keys: 'c', label: say('continue'), group: say('group'), run }])
  const action = {
    id: 'continue',
    label: say('continue'),
    group: say('group'),
    icon: <IconExternalLink size={20} />,
    run,
  }
  useActions(reason ? [] : [action])
  return (
    <div>
      <Button
        fullWidth
        rightSection={<IconExternalLink size={17} aria-hidden />}
        onClick={run}
        loading={isPending}
        data-disabled={Boolean(reason) || undefined}
        aria-disabled={Boolean(reason)}
        aria-describedby={reason ? why : undefined}
      >
        {say('continue')}
      </Button>
      {reason && (
        <Text id={why} size="xs" c="dimmed" mt={6}>
          {reason}
        </Text>
      )}
      {blocked && (
        <Text size="sm" mt={6} role="alert">
          {say('blocked')}{' '}
          <Anchor href={workspace(card.id)} target="_blank" size="sm" underline="always">
            {say('openConversation')}
          </Anchor>
        </Text>
      )}
    </div>
  )
}
