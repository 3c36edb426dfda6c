import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, type ReactNode } from 'react'

import { LiveContext } from '@/lib/live'

import { openLive } from './live'
import Shell from './Shell'

/** For who is logged in: the socket, and the shell around the page. */
export function Inside({ children }: { children: ReactNode }) {
  const client = useQueryClient()
  const [live] = useState(() => openLive(client))
  useEffect(() => {
    live.start()
    return () => live.stop()
  }, [live])
  return (
    <LiveContext value={live}>
      <Shell>{children}</Shell>
    </LiveContext>
  )
}
