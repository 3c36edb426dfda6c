import { infiniteQueryOptions } from '@tanstack/react-query'

import { answer, api, type Schemas } from '@/lib/api'

export type Customer = Schemas['CustomerView']
const PAGE = 100
export const LISTS = ['customers-screen', 'list']

export const listOf = (q: string) =>
  infiniteQueryOptions({
    queryKey: [...LISTS, q],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/customers', {
          params: { query: { q, limit: PAGE, cursor: pageParam ?? undefined } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
  })

export function addressOf(customer: Customer, kind: 'email' | 'phone'): string {
  const kinds = kind === 'email' ? ['email'] : ['phone', 'wa_phone']
  return customer.identities.find((one) => kinds.includes(one.kind))?.value ?? ''
}

/** The channels that know this customer, each once. */
export function knownBy(customer: Customer): { kind: string; name: string }[] {
  const found = new Map<string, { kind: string; name: string }>()
  for (const one of customer.identities) {
    const kind = LOOKS[one.kind] ?? one.kind
    if (one.channel_id || kind === 'email') found.set(one.channel_id ?? kind, { kind, name: one.channel || one.value })
  }
  return [...found.values()]
}

const LOOKS: Record<string, string> = {
  telegram_user: 'telegram',
  wa_phone: 'whatsapp',
  wa_bsuid: 'whatsapp',
  wa_parent_bsuid: 'whatsapp',
}
