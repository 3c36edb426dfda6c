import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'

import { useLiveState } from '@/lib/live'

import { useOutgoingStore } from '../api/workspace'
import { NotificationsOffer } from './Notifications'

/** On every page: what waits to be sent goes on, notifications are offered, and lead to their conversation. */
export function Everywhere() {
  const go = useNavigate()
  const outgoing = useOutgoingStore()
  const state = useLiveState()
  useEffect(() => {
    if (state === 'live') outgoing.resume()
  }, [outgoing, state])
  useEffect(() => {
    const open = (event: Event) =>
      void go({
        to: '/human-agents/{-$sessionId}',
        params: { sessionId: (event as CustomEvent<string>).detail } as never,
      })
    addEventListener('baton:open-session', open)
    return () => removeEventListener('baton:open-session', open)
  }, [go])
  return <NotificationsOffer />
}
