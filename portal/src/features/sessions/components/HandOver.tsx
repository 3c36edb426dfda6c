import { Button, Text, TextInput } from '@mantine/core'
import { IconHeadset } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'

import { useActions } from '@/lib/actions'
import { answer, api, type Schemas } from '@/lib/api'
import { useKeys } from '@/lib/keys'
import { useSaid } from '@/lib/said'
import { toast, toastError } from '@/lib/toast'

import { patch, reload } from '../live'
import { useSay } from '../texts'
import classes from './sessions.module.css'

/** Of a reason, in characters. */
const LONGEST = 1000

/** Takes the session from the AI and lets people have it, for a reason if one is given; or says why that cannot be. */
export function HandOver({ session }: { session: Schemas['FullSessionView'] }) {
  const say = useSay()
  const why = useId()
  const [reason, setReason] = useState('')
  const client = useQueryClient()
  const said = useSaid()
  const { may, code, detail } = session.handover
  const { mutate, isPending } = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/sessions/{session_id}/handover', {
          params: { path: { session_id: session.id } },
          body: { reason: reason.trim() },
        }),
      ),
    onSuccess: (found) => {
      patch(client, found.session)
      setReason('')
      toast(say('handedOver'))
    },
    onError: toastError,
    onSettled: () => reload(client, session.id),
  })
  const run = () => {
    if (may && !isPending) mutate()
  }
  useKeys([{ keys: 'H', label: say('keyHandOver'), group: say('group'), run }])
  const action = { id: 'hand over', label: say('handOver'), group: say('group'), icon: <IconHeadset size={20} />, run }
  useActions(may ? [action] : [])
  return (
    <footer className={classes.foot}>
      {may && (
        <TextInput
          className={classes.reason}
          aria-label={say('handOverReason')}
          placeholder={say('handOverReason')}
          maxLength={LONGEST}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && !event.nativeEvent.isComposing && run()}
          dir="auto"
        />
      )}
      <Button
        leftSection={<IconHeadset size={18} aria-hidden />}
        onClick={run}
        loading={isPending}
        data-disabled={!may || undefined}
        aria-disabled={!may}
        aria-describedby={why}
      >
        {say('handOver')}
      </Button>
      <Text id={why} size="sm" c="dimmed">
        {may ? say('aiAnswers') : said(detail, code)}
      </Text>
    </footer>
  )
}
