import { useQuery } from '@tanstack/react-query'

import type { Schemas } from '@/lib/api'
import { OPERATORS } from '@/lib/operators'

export type Colleague = Schemas['OperatorView']
const NONE: Colleague[] = []

export function useColleagues(): Colleague[] {
  return useQuery(OPERATORS).data ?? NONE
}

/** Who may have conversations. */
export function assignable(one: Colleague): boolean {
  return one.state === 'active' && one.role !== 'viewer'
}
