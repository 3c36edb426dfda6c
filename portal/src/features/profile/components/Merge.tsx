import { Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { Face } from '@/components/Face'
import { answer, api } from '@/lib/api'
import { toast, toastError } from '@/lib/toast'

import { alikeTo, customerOf, foundBy, type Customer } from '../queries'
import { useSay } from '../texts'
import classes from './profile.module.css'

const PAUSE = 250

/** Who is the same person as this customer, and is no customer of their own afterwards. */
export default function Merge({ customer, close }: { customer: Customer; close: () => void }) {
  const say = useSay()
  const client = useQueryClient()
  const [words, setWords] = useState('')
  const [asked] = useDebouncedValue(words.trim(), PAUSE)
  const [chosen, choose] = useState<string | null>(null)
  const { data: alike = [] } = useQuery(alikeTo(customer.id))
  const { data: found = [] } = useQuery({ ...foundBy(asked), enabled: asked !== '' })
  const offered = (asked ? found : alike).filter(({ id }) => id !== customer.id)
  const merging = useMutation({
    mutationFn: (other: string) =>
      answer(
        api.POST('/customers/{customer_id}/merge', {
          params: { path: { customer_id: customer.id } },
          body: { customer_id: other },
        }),
      ),
    onSuccess(kept) {
      client.setQueryData(customerOf(customer.id).queryKey, kept)
      void client.invalidateQueries({ queryKey: ['profile'] })
      toast(say('merged'))
      close()
    },
    onError: toastError,
  })
  return (
    <Modal opened onClose={close} title={say('merge')} size="lg">
      <Stack>
        <Text size="sm" c="dimmed">
          {say('mergeText', { name: customer.name || say('unknown') })}
        </Text>
        <TextInput
          aria-label={say('mergeSearch')}
          placeholder={say('mergeSearch')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={words}
          maxLength={200}
          onChange={(event) => setWords(event.currentTarget.value)}
          data-autofocus
        />
        <Radio.Group label={say(asked ? 'mergeFound' : 'mergeAlike')} value={chosen} onChange={choose}>
          <Stack gap="xs" mt="xs">
            {offered.length === 0 && (
              <Text size="sm" c="dimmed">
                {say(asked ? 'mergeNobody' : 'mergeNoneAlike')}
              </Text>
            )}
            {offered.map((one) => (
              <Radio.Card key={one.id} value={one.id} className={classes.choice}>
                <Group gap="sm" wrap="nowrap">
                  <Radio.Indicator />
                  <Face name={one.name} size={32} />
                  <div className={classes.grow}>
                    <Text size="sm" fw={550} dir="auto">
                      {one.name || say('unknown')}
                    </Text>
                    <Text size="xs" c="dimmed" className={classes.value}>
                      {one.identities.map((address) => address.value).join(' · ')}
                    </Text>
                  </div>
                </Group>
              </Radio.Card>
            ))}
          </Stack>
        </Radio.Group>
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {say('cancel')}
          </Button>
          <Button
            color="red"
            disabled={!chosen}
            loading={merging.isPending}
            onClick={() => chosen && merging.mutate(chosen)}
          >
            {say('mergeNow')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
