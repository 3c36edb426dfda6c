import { ActionIcon, Button, Group, Stack, Text, Textarea, Tooltip } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { answer, api } from '@/lib/api'
import { confirm } from '@/lib/confirm'
import { mayAct, useMe } from '@/lib/me'
import { full } from '@/lib/time'
import { toastError } from '@/lib/toast'

import { notesOf, type Customer, type Note } from '../queries'
import { useSay } from '../texts'
import classes from './profile.module.css'
import { Section } from './Section'

/** What colleagues should know; the customer never sees it. */
export function Notes({ customer, may }: { customer: Customer; may: boolean }) {
  const say = useSay()
  const { data, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(notesOf(customer.id))
  const notes = data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Section title={say('notes')}>
      {may && <Writing customerId={customer.id} />}
      {data && notes.length === 0 && (
        <Text size="sm" c="dimmed">
          {say('noNotes')}
        </Text>
      )}
      <ul className={classes.list}>
        {notes.map((note) => (
          <One key={note.id} customerId={customer.id} note={note} />
        ))}
      </ul>
      {hasNextPage && (
        <Button size="compact-sm" variant="subtle" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {say('olderNotes')}
        </Button>
      )}
    </Section>
  )
}

function One({ customerId, note }: { customerId: string; note: Note }) {
  const say = useSay()
  const me = useMe()
  const client = useQueryClient()
  const { i18n } = useTranslation()
  const { mutate } = useMutation({
    mutationFn: () =>
      answer(
        api.DELETE('/customers/{customer_id}/notes/{note_id}', {
          params: { path: { customer_id: customerId, note_id: note.id } },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: notesOf(customerId).queryKey }),
    onError: toastError,
  })
  const remove = async () => {
    if (await confirm({ title: say('removeNote'), text: note.text.slice(0, 200), yes: say('remove'), grave: true }))
      mutate()
  }
  return (
    <li>
      <div className={classes.grow}>
        <Text size="sm" className={classes.note} dir="auto">
          {note.text}
        </Text>
        <Text size="xs" c="dimmed">
          {note.operator ?? say('somebody')} · {full(note.created_at, i18n.language)}
        </Text>
      </div>
      {(note.operator_id === me.id || mayAct(me, 'admin')) && (
        <Tooltip label={say('removeNote')} openDelay={300}>
          <ActionIcon variant="subtle" color="gray" aria-label={say('removeNote')} onClick={() => void remove()}>
            <IconTrash size={17} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    </li>
  )
}

function Writing({ customerId }: { customerId: string }) {
  const say = useSay()
  const client = useQueryClient()
  const [text, setText] = useState('')
  const { mutate, isPending } = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/customers/{customer_id}/notes', { params: { path: { customer_id: customerId } }, body: { text } }),
      ),
    onSuccess() {
      setText('')
      void client.invalidateQueries({ queryKey: notesOf(customerId).queryKey })
    },
    onError: toastError,
  })
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    if (text.trim() && !isPending) mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="xs" mb="sm">
        <Textarea
          aria-label={say('newNote')}
          placeholder={say('newNote')}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={10000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit()
          }}
        />
        {text.trim() && (
          <Group justify="flex-end">
            <Button size="xs" type="submit" loading={isPending}>
              {say('keepNote')}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  )
}
