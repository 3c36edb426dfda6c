import { ActionIcon, Anchor, Button, Group, SegmentedControl, Stack, Text, TextInput, Tooltip } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'

import { ChannelIcon } from '@/components/ChannelIcon'
import { answer, api, ApiError, type Schemas } from '@/lib/api'
import { confirm } from '@/lib/confirm'
import { channelOf, readable, useKinds } from '@/lib/kinds'
import { useSaid } from '@/lib/said'
import { sentence, toast, toastError } from '@/lib/toast'

import { customerOf, waysTo, type Customer } from '../queries'
import { useSay } from '../texts'
import classes from './profile.module.css'
import { Section } from './Section'

type Identity = Customer['identities'][number]
type New = Schemas['NewIdentity']
type Kind = New['kind']

/** Under which addresses the customer is known, and whether they can be written to there. */
export function Identities({ customer, may }: { customer: Customer; may: boolean }) {
  const say = useSay()
  const [adding, setAdding] = useState(false)
  return (
    <Section
      title={say('addresses')}
      tools={
        may &&
        !adding && (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => setAdding(true)}
          >
            {say('addAddress')}
          </Button>
        )
      }
    >
      {customer.identities.length === 0 && !adding && (
        <Text size="sm" c="dimmed">
          {say('noAddresses')}
        </Text>
      )}
      <ul className={classes.list}>
        {customer.identities.map((one) => (
          <One key={`${one.kind} ${one.value} ${one.channel_id}`} customerId={customer.id} identity={one} may={may} />
        ))}
      </ul>
      {adding && <Adding customerId={customer.id} close={() => setAdding(false)} />}
    </Section>
  )
}

const isOurs = (one: Identity): one is Identity & New =>
  !one.channel_id && (one.kind === 'email' || one.kind === 'phone')

function One({ customerId, identity, may }: { customerId: string; identity: Identity; may: boolean }) {
  const say = useSay()
  const remove = useRemove(customerId)
  const said = useSaid()
  const { kinds, label, identity: named } = useKinds()
  return (
    <li>
      <ChannelIcon kind={channelOf(kinds, identity.kind)} name={named(identity.kind)} size={30} />
      <div className={classes.grow}>
        <Text size="sm" fw={550} className={classes.value}>
          <bdi>{readable(identity)}</bdi>
        </Text>
        <Text size="xs" c="dimmed">
          {label(identity)}
        </Text>
        {!identity.reachable && (
          <Text size="xs" c="var(--mantine-color-error)">
            {said(identity.reason) || say('unreachable')}
          </Text>
        )}
        {!identity.marketing && <Text size="xs">{say('noMarketing')}</Text>}
      </div>
      {may && isOurs(identity) && (
        <Tooltip label={say('removeAddress', { value: identity.value })} openDelay={300}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={say('removeAddress', { value: identity.value })}
            onClick={() => void remove(identity)}
          >
            <IconTrash size={17} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    </li>
  )
}

function Adding({ customerId, close }: { customerId: string; close: () => void }) {
  const say = useSay()
  const client = useQueryClient()
  const [kind, setKind] = useState<Kind>('email')
  const [value, setValue] = useState('')
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: (body: New) =>
      answer(api.POST('/customers/{customer_id}/identities', { params: { path: { customer_id: customerId } }, body })),
    onSuccess: (found) => {
      client.setQueryData(customerOf(customerId).queryKey, found)
      void client.invalidateQueries({ queryKey: waysTo(customerId).queryKey })
      close()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    mutate({ kind, value })
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="xs" mt="sm">
        <SegmentedControl
          size="xs"
          aria-label={say('kind')}
          value={kind}
          onChange={(wanted) => setKind(wanted as Kind)}
          data={[
            { value: 'email', label: say('kindEmail') },
            { value: 'phone', label: say('kindPhone') },
          ]}
        />
        <TextInput
          aria-label={say(kind === 'email' ? 'kindEmail' : 'kindPhone')}
          placeholder={kind === 'email' ? 'ann@example.com' : '+49 30 123456'}
          inputMode={kind === 'email' ? 'email' : 'tel'}
          value={value}
          maxLength={320}
          error={error && <Refused error={error} kind={kind} />}
          onChange={(event) => {
            reset()
            setValue(event.currentTarget.value)
          }}
          onKeyDown={(event) => event.key === 'Escape' && close()}
          autoFocus
        />
        <Group gap="xs" justify="flex-end">
          <Button size="xs" variant="default" onClick={close}>
            {say('cancel')}
          </Button>
          <Button size="xs" type="submit" loading={isPending} disabled={!value.trim()}>
            {say('add')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Why an address was not taken; if somebody has it, who. */
function Refused({ error, kind }: { error: Error; kind: Kind }) {
  const say = useSay()
  if (!(error instanceof ApiError)) return <>{sentence(error)}</>
  if (error.code === 'invalid') return <>{say(kind === 'email' ? 'wrongEmail' : 'wrongPhone')}</>
  const owner = error.code === 'identity_taken' && error.facts.customer_id
  return (
    <>
      {sentence(error)}{' '}
      {owner && (
        <Anchor component={Link} to={`/customers/${String(owner)}`} size="xs" underline="always">
          {say('showThem')}
        </Anchor>
      )}
    </>
  )
}

function useRemove(customerId: string) {
  const say = useSay()
  const client = useQueryClient()
  const { mutate } = useMutation({
    mutationFn: ({ kind, value }: New) =>
      answer(
        api.POST('/customers/{customer_id}/identities/remove', {
          params: { path: { customer_id: customerId } },
          body: { kind, value } as New,
        }),
      ),
    onSuccess: (found, { value }) => {
      client.setQueryData(customerOf(customerId).queryKey, found)
      void client.invalidateQueries({ queryKey: waysTo(customerId).queryKey })
      toast(say('removedAddress', { value }))
    },
    onError: toastError,
  })
  return async (one: New) => {
    const title = say('removeAddress', { value: one.value })
    if (await confirm({ title, text: say('removeAddressText'), yes: say('remove'), grave: true })) mutate(one)
  }
}
