import { useQuery } from '@tanstack/react-query'

import { COUNTS } from './cards'

/** How many conversations wait for somebody. */
export function useWaiting(): number {
  return useQuery(COUNTS).data?.waiting ?? 0
}
