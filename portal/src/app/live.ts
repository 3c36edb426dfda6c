import type { QueryClient } from '@tanstack/react-query'

import { LiveSocket } from '@/lib/live'
import { lookAgain, type Operator } from '@/lib/me'
import { liveOperators } from '@/lib/operators'

import { features } from './features'

/** One socket for the page; every feature hears it. */
export function openLive(client: QueryClient): LiveSocket {
  const around = { client, me: () => client.getQueryData<Operator | null>(['me']) ?? null }
  const address = new URL('/api/v1/live', location.href)
  address.protocol = address.protocol.replace('http', 'ws')
  return new LiveSocket(
    address.href,
    [liveOperators(around), ...features.flatMap((one) => one.live?.(around) ?? [])],
    () => void client.invalidateQueries(),
    () => lookAgain(client),
  )
}
