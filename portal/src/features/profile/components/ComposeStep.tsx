import { Alert, Input, Stack, Textarea, TextInput } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import type { KeyboardEvent } from 'react'

import { RichText } from '@/components/RichText'
import { TemplatePicker } from '@/components/TemplatePicker'
import { useKinds } from '@/lib/kinds'

import type { Draft, Missing } from '../draft'
import type { Way } from '../queries'
import { useSay } from '../texts'

interface Given {
  way: Way
  /** It waits, with all that is written. */
  hidden: boolean
  customerId: string
  draft: Draft
  lacking: Missing[]
  change: (more: Partial<Draft>) => void
  submit: () => void
}

/** The first message, as the channel wants it. */
export function ComposeStep({ way, hidden, customerId, draft, lacking, change, submit }: Given) {
  const say = useSay()
  const kind = useKinds().channel(way.channel.kind)
  const wrong = (what: Missing) => lacking.includes(what) && say(`missing_${what}`)
  if (way.first_message === 'template')
    return (
      <Stack gap="md" hidden={hidden}>
        <Alert icon={<IconInfoCircle aria-hidden />}>{say('templatesOnly', { kind })}</Alert>
        <TemplatePicker
          channelId={way.channel.id}
          customerId={customerId}
          value={draft.template}
          onChange={(template) => change({ template })}
        />
        {wrong('template') && <Input.Error role="alert">{wrong('template')}</Input.Error>}
      </Stack>
    )
  return (
    <Stack gap="md" hidden={hidden}>
      {way.subject && (
        <TextInput
          label={say('subject')}
          required
          maxLength={500}
          value={draft.subject}
          error={wrong('subject')}
          onChange={(event) => change({ subject: event.currentTarget.value })}
          autoFocus
        />
      )}
      {way.rich_text ? (
        <Input.Wrapper label={say('yourMessage')} labelElement="div" withAsterisk error={wrong('message')}>
          <RichText
            label={say('yourMessage')}
            value={draft.html}
            onChange={(html) => change({ html })}
            autoFocus={!way.subject}
            onSubmit={submit}
          />
        </Input.Wrapper>
      ) : (
        <Textarea
          label={say('yourMessage')}
          required
          autosize
          minRows={5}
          maxRows={14}
          maxLength={20_000}
          value={draft.text}
          error={wrong('message')}
          onChange={(event) => change({ text: event.currentTarget.value })}
          onKeyDown={(event: KeyboardEvent) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
            event.preventDefault()
            submit()
          }}
          autoFocus
        />
      )}
    </Stack>
  )
}
