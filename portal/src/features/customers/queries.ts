import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'

import { answer, api, type Schemas } from '@/lib/api'
import { channelOf, type Kind } from '@/lib/kinds'

import { query, type Asked, type Filter } from './asked'

export type Customer = Schemas['CustomerView']
export type Field = Schemas['CustomerField']
export type Imported = Schemas['ImportedView']
const PAGE = 100
const ROOT = 'customers-screen'
export const LISTS = [ROOT, 'list']
export const FIELDS = [ROOT, 'fields']
export const TAGS = [ROOT, 'tags']
export const KEPT = [ROOT, 'filters']

export const listOf = (asked: Asked) =>
  infiniteQueryOptions({
    queryKey: [...LISTS, 'pages', query(asked), asked.order],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/customers', {
          params: { query: { ...query(asked), order: asked.order, limit: PAGE, cursor: pageParam ?? undefined } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
    placeholderData: keepPreviousData,
  })

export const numberOf = (asked: Asked) =>
  queryOptions({
    queryKey: [...LISTS, 'number', query(asked)],
    queryFn: ({ signal }) => answer(api.GET('/customers/count', { params: { query: query(asked) }, signal })),
    placeholderData: keepPreviousData,
  })

/** Where all of what is asked can be downloaded. */
export function exportOf(asked: Asked): string {
  const wanted = Object.entries({ ...query(asked), order: asked.order }).filter(([, value]) => value)
  return `/api/v1/customers/export?${new URLSearchParams(wanted as [string, string][])}`
}

export const fieldsQuery = queryOptions({
  queryKey: FIELDS,
  queryFn: () => answer(api.GET('/customer-fields')),
  select: ({ items }) => items,
})

export const tagsQuery = queryOptions({
  queryKey: TAGS,
  queryFn: () => answer(api.GET('/customer-tags')),
  select: ({ items }) => items,
})

export const keptQuery = queryOptions({
  queryKey: KEPT,
  queryFn: () => answer(api.GET('/customer-filters')),
  select: ({ items }) => items,
})

export const putFields = (items: Field[]) => answer(api.PUT('/customer-fields', { body: { items } }))

export const keepFilter = (name: string, filter: Filter) =>
  answer(api.POST('/customer-filters', { body: { name, filter } }))

export const dropFilter = (id: string) =>
  answer(api.DELETE('/customer-filters/{filter_id}', { params: { path: { filter_id: id } } }))

/** Brings a spreadsheet; `trying` only says what would become of it. */
export const bring = (file: Blob, trying: boolean): Promise<Imported> =>
  answer(
    api.POST('/customers/import', {
      params: { query: { dry_run: trying } },
      body: file as unknown as string,
      bodySerializer: (body) => body as unknown as Blob,
      headers: { 'Content-Type': 'text/csv' },
    }),
  )

export function addressOf(customer: Customer, kinds: string[]): string {
  return customer.identities.find((one) => kinds.includes(one.kind))?.value ?? ''
}

/** The channels that know this customer, each once. */
export function knownBy(customer: Customer, kinds: Kind[]): { kind: string; name: string }[] {
  const found = new Map<string, { kind: string; name: string }>()
  for (const one of customer.identities) {
    const kind = channelOf(kinds, one.kind)
    if (one.channel_id || kind === 'email') found.set(one.channel_id ?? kind, { kind, name: one.channel || one.value })
  }
  return [...found.values()]
}
