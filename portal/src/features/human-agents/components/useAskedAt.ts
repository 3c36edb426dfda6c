import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'

import { sessionOf } from '../api/session'

/** The runtime's clock has the last word, and may be a little behind. */
const SOON = 500
/** What a timer can count to. */
const LONGEST = 2 ** 31 - 1

/** What is allowed is asked for anew at `at`, and with every later `now` until that says something else. */
export function useAskedAt(sessionId: string, at: string | null, now: number): void {
  const client = useQueryClient()
  useEffect(() => {
    if (at === null) return
    const ask = () => void client.invalidateQueries({ queryKey: sessionOf(sessionId).queryKey })
    const timer = setTimeout(ask, Math.min(LONGEST, Math.max(SOON, new Date(at).getTime() - now)))
    return () => clearTimeout(timer)
  }, [client, sessionId, at, now])
}
