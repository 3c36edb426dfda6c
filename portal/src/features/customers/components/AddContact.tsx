import { Alert, Anchor, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'

import { answer, api, ApiError } from '@/lib/api'
import { useCommon } from '@/lib/common'
import { sentence, toast } from '@/lib/toast'

import { LISTS } from '../queries'
import { useSay } from '../texts'

/** A new customer by hand. Who has the address already is shown instead. */
export default function AddContact({ close }: { close: () => void }) {
  const say = useSay()
  const common = useCommon()
  const go = useNavigate()
  const client = useQueryClient()
  const [given, setGiven] = useState({ name: '', email: '', phone: '' })
  const set = (name: keyof typeof given) => (event: { currentTarget: HTMLInputElement }) => {
    const { value } = event.currentTarget
    setGiven((before) => ({ ...before, [name]: value }))
  }
  const adding = useMutation({
    mutationFn: () => {
      const identities = (['email', 'phone'] as const)
        .filter((kind) => given[kind].trim())
        .map((kind) => ({ kind, value: given[kind].trim() }))
      return answer(api.POST('/customers', { body: { name: given.name.trim(), language: '', identities } }))
    },
    onSuccess(customer) {
      void client.invalidateQueries({ queryKey: LISTS })
      toast(say('added', { name: customer.name }))
      close()
      void go({ to: `/customers/${customer.id}` })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!adding.isPending) adding.mutate()
  }
  const refused = adding.error
  const taken = refused instanceof ApiError && refused.code === 'identity_taken' ? refused.facts.customer_id : null
  return (
    <Modal opened onClose={close} title={say('add')} closeButtonProps={{ 'aria-label': common('close') }}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm" c="dimmed">
            {say('addText')}
          </Text>
          <TextInput
            label={say('name')}
            required
            maxLength={200}
            value={given.name}
            onChange={set('name')}
            data-autofocus
          />
          <TextInput label={say('emailLabel')} type="email" value={given.email} onChange={set('email')} />
          <TextInput label={say('phoneLabel')} type="tel" value={given.phone} onChange={set('phone')} />
          {refused && (
            <Alert color="red" role="alert">
              {taken ? say('taken') : sentence(refused)}{' '}
              {taken ? (
                <Anchor component={Link} to={`/customers/${String(taken)}`} onClick={close}>
                  {say('openTaken')}
                </Anchor>
              ) : null}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {say('cancel')}
            </Button>
            <Button type="submit" loading={adding.isPending}>
              {say('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
