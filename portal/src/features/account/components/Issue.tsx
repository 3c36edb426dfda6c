import { Alert, Button, Code, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'

import { CopyButton } from '@/components/CopyButton'
import { refusedFields } from '@/lib/refused'
import { toastError } from '@/lib/toast'

import { useIssue, type Issued } from '../queries'
import { useSay } from '../texts'

/** A name; then the token, this once. Nothing but its button closes what shows it. */
export function Issue({ close }: { close: () => void }) {
  const say = useSay()
  const [issued, setIssued] = useState<Issued | null>(null)
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={<b>{issued ? say('issued', { name: issued.name }) : say('issue')}</b>}
      withCloseButton={!issued}
      closeOnEscape={!issued}
      closeOnClickOutside={!issued}
    >
      {issued ? <Secret issued={issued} close={close} /> : <Naming then={setIssued} />}
    </Modal>
  )
}

function Naming({ then }: { then: (issued: Issued) => void }) {
  const say = useSay()
  const { mutateAsync } = useIssue()
  const form = useForm({
    initialValues: { name: '' },
    validate: { name: (value) => (value.trim() ? null : say('tokenMissing')) },
  })
  const refused = (error: unknown) => {
    const fields = refusedFields(error)
    form.setErrors(fields)
    if (Object.keys(fields).length === 0) toastError(error)
  }
  return (
    <form noValidate onSubmit={form.onSubmit(({ name }) => mutateAsync(name.trim()).then(then, refused))}>
      <Stack>
        <TextInput
          label={say('tokenName')}
          description={say('tokenHint')}
          maxLength={100}
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('name')}
        />
        <Button type="submit" loading={form.submitting} style={{ alignSelf: 'end' }}>
          {say('issue')}
        </Button>
      </Stack>
    </form>
  )
}

function Secret({ issued, close }: { issued: Issued; close: () => void }) {
  const say = useSay()
  const example = `curl -H "Authorization: Bearer ${issued.token}" ${location.origin}/api/v1/me`
  return (
    <Stack>
      <Alert color="orange" icon={<IconAlertTriangle size={18} aria-hidden />}>
        {say('issuedText')}
      </Alert>
      <Group align="end" gap="xs" wrap="nowrap">
        <TextInput
          label={say('secret')}
          readOnly
          value={issued.token}
          onFocus={(event) => event.currentTarget.select()}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          style={{ flex: 1 }}
          data-autofocus
        />
        <CopyButton text={issued.token} label={say('copySecret')} />
      </Group>
      <div>
        <Text size="sm" mb={4}>
          {say('useIt')}
        </Text>
        <Group align="start" gap="xs" wrap="nowrap">
          <Code block style={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
            {example}
          </Code>
          <CopyButton text={example} label={say('copyExample')} />
        </Group>
      </div>
      <Button style={{ alignSelf: 'end' }} onClick={close}>
        {say('done')}
      </Button>
    </Stack>
  )
}
