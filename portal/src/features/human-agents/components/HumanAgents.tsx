import { useMediaQuery } from '@mantine/hooks'
import { IconMessages } from '@tabler/icons-react'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useCallback, useEffect } from 'react'

import { EmptyState } from '@/components/States'
import { useLive } from '@/lib/live'

import { useSay } from '../texts'
import { Conversation } from './Conversation'
import { ConversationList } from './ConversationList'
import classes from './workspace.module.css'

/** The operators' workspace: the list, the chat that the address names, and what is known about it. */
export default function HumanAgents() {
  const say = useSay()
  const go = useNavigate()
  const live = useLive()
  const { sessionId } = useParams({ strict: false }) as { sessionId?: string }
  const narrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false })
  const open = useCallback(
    (id?: string) => void go({ to: '/human-agents/{-$sessionId}', params: { sessionId: id } as never }),
    [go],
  )
  const close = useCallback(() => {
    open()
    requestAnimationFrame(() => document.getElementById('conversations')?.focus())
  }, [open])
  useEffect(() => {
    live.look(sessionId ?? null)
    return () => live.look(null)
  }, [live, sessionId])
  const shown = sessionId && <Conversation key={sessionId} id={sessionId} narrow={narrow} close={close} />
  if (narrow) return shown || <ConversationList open={open} />
  return (
    <div className={classes.workspace}>
      <div className={classes.side}>
        <ConversationList chosen={sessionId} open={open} />
      </div>
      {shown || (
        <div className={classes.rest}>
          <EmptyState title={say('choose')} icon={<IconMessages size={28} stroke={1.5} />} />
        </div>
      )}
    </div>
  )
}
