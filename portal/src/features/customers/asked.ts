import type { Schemas } from '@/lib/api'

export type Condition = Schemas['CustomerCondition']
export type Filter = Schemas['CustomerFilter-Output']
export type Part = Filter['conditions'][number]

export const ORDERS = ['newest', 'oldest', 'name', 'talked'] as const
export type Order = (typeof ORDERS)[number]

/** What the address says of the list. */
export interface Asked {
  q?: string
  order?: Order
  /** What is written under the headers, by column. */
  quick?: Record<string, string>
  filter?: Filter
}

export function readAsked(given: Record<string, unknown>): Asked {
  const { q, order, quick, filter } = given
  return {
    q: typeof q === 'string' && q ? q : undefined,
    order: ORDERS.find((one) => one === order && one !== 'newest'),
    quick: isQuick(quick) && Object.keys(quick).length > 0 ? quick : undefined,
    filter: isFilter(filter) && filter.conditions.length > 0 ? filter : undefined,
  }
}

function isQuick(given: unknown): given is Record<string, string> {
  return !!given && typeof given === 'object' && Object.values(given).every((one) => typeof one === 'string')
}

function isFilter(given: unknown): given is Filter {
  if (!given || typeof given !== 'object') return false
  const { match, conditions } = given as Partial<Filter>
  return (match === 'all' || match === 'any') && Array.isArray(conditions) && conditions.every(isPart)
}

function isPart(given: unknown): given is Part {
  if (isFilter(given)) return true
  return !!given && typeof given === 'object' && 'field' in given && 'op' in given
}

export function isGroup(part: Part): part is Filter {
  return 'conditions' in part
}

/** A condition with what was left out. */
export function condition(wanted: Pick<Condition, 'field' | 'op'> & Partial<Condition>): Condition {
  return { fact: '', value: '', negated: false, ...wanted }
}

/** Without what is not finished yet; null if nothing is left. */
export function complete(filter: Filter): Filter | null {
  const conditions = filter.conditions.flatMap((part): Part[] => {
    if (isGroup(part)) return [complete(part)].filter((one) => one !== null)
    const value = part.value.trim()
    return (part.op === 'set' || value) && (part.field !== 'fact' || part.fact) ? [{ ...part, value }] : []
  })
  return conditions.length > 0 ? { ...filter, conditions } : null
}

/** What a value under a header means; a column of choices is `c:` and the name of a fact, any other fact `f:`. */
function quickly(column: string, value: string): Part {
  const [, sort, fact] = /^([cf]):(.*)$/.exec(column) ?? []
  if (fact) return condition({ field: 'fact', fact, op: sort === 'c' ? 'is' : 'begins', value })
  switch (column) {
    case 'name':
    case 'email':
    case 'phone':
      return condition({ field: column, op: 'begins', value })
    case 'tags':
      return condition({ field: 'tag', op: 'is', value })
    case 'language':
      return condition({ field: 'language', op: 'is', value })
    case 'channels':
      return {
        match: 'any',
        conditions: value.split(' ').map((kind) => condition({ field: 'kind', op: 'is', value: kind })),
      }
    case 'open':
      return condition({ field: 'open', op: 'set', negated: value === 'no' })
    case 'talked':
      return condition({ field: 'talked', op: 'since', value })
    case 'created':
      return condition({ field: 'added', op: 'since', value })
    default:
      return condition({ field: 'address', op: 'begins', value })
  }
}

/** All that is asked, as the runtime takes it. */
export function query({ q, quick, filter }: Asked): { q?: string; filter?: string } {
  const parts = Object.entries(quick ?? {})
    .filter(([, value]) => value.trim())
    .map(([column, value]) => quickly(column, value.trim()))
  const more = filter && complete(filter)
  const conditions = more ? [...parts, more] : parts
  return {
    q,
    filter: conditions.length > 0 ? JSON.stringify({ match: 'all', conditions }) : undefined,
  }
}

/** Whether only some are wanted. */
export function narrowed(asked: Asked): boolean {
  const { q, filter } = query(asked)
  return !!q || !!filter
}
