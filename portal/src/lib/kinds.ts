import { queryOptions, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'

import { answer, api, type Schemas } from './api'
import { useSaid } from './said'

export type Kind = Schemas['KindView']
type Address = Pick<Schemas['IdentityView'], 'kind' | 'value' | 'username' | 'channel'>

/** What can be connected, and under which addresses people are known there; it changes with a release only. */
export const KINDS = queryOptions({
  queryKey: ['channel-kinds'],
  queryFn: () => answer(api.GET('/channels/kinds')),
  staleTime: Infinity,
})

const NONE: Kind[] = []

/** The address that no channel brings: people write it down. */
const PHONE = { kind: 'phone', what: 'Phone', world: 'phone' } as const

/** The channel whose address this is; of a phone number, its own name. */
export const channelOf = (kinds: Kind[], identity: string): string =>
  kinds.find((one) => one.identities.some(({ kind }) => kind === identity))?.kind ?? identity

/** Which kinds of addresses are such, whoever brought them. */
export const ofWorld = (kinds: Kind[], world: 'email' | 'phone'): string[] =>
  identitiesOf(kinds).flatMap((one) => (one.world === world ? [one.kind] : []))

/** Every kind of address there is. */
export const identitiesOf = (kinds: Kind[]) => [...kinds.flatMap((one) => one.identities), PHONE]

/** Channels and addresses as people call them; the same object as long as the language is the same. */
export function useKinds() {
  const { data: kinds = NONE } = useQuery(KINDS)
  const said = useSaid()
  return useMemo(() => named(kinds, said), [kinds, said])
}

function named(kinds: Kind[], say: ReturnType<typeof useSaid>) {
  const identity = (kind: string) => {
    const what = identitiesOf(kinds).find((one) => one.kind === kind)?.what
    return say(what ?? spelled(kind))
  }
  return {
    kinds,
    /** A kind of channel, such as `WhatsApp`. */
    channel: (kind: string) => say(kinds.find((one) => one.kind === kind)?.what ?? spelled(kind)),
    /** A kind of address, such as `WhatsApp number`. */
    identity,
    /** One address: what it is, and by which channel it is known. */
    label: (one: Address) => [identity(one.kind), one.channel].filter(Boolean).join(' · '),
  }
}

/** An address as people read it. */
export const readable = (one: Address): string => (one.username ? `@${one.username}` : one.value)

/** `wa_phone` as `Wa phone`. */
function spelled(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
