import { Anchor, Button, Divider, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { Face } from '@/components/Face'
import Looks from '@/components/Looks'
import { Page } from '@/components/Page'
import { ApiError } from '@/lib/api'
import { useCommon } from '@/lib/common'
import { useMe } from '@/lib/me'
import { refusedFields } from '@/lib/refused'
import { toast, toastError } from '@/lib/toast'

import { useChangeMe } from '../queries'
import { useSay } from '../texts'

const LEAST_PASSWORD = 8

/** Settings > My profile. */
export default function Profile() {
  const say = useSay()
  const me = useMe()
  return (
    <Page title={say('profile')}>
      <Stack maw={560} gap="lg">
        <Group wrap="nowrap">
          <Face name={me.name} size={56} />
          <div style={{ minWidth: 0 }}>
            <Text fw={600} truncate>
              {me.name}
            </Text>
            <Text size="sm" c="dimmed" truncate>
              {me.email}
            </Text>
          </div>
        </Group>
        <Name key={me.name} />
        <Divider />
        <Section title={say('schedule')} text={say('scheduleText')}>
          <Duty />
        </Section>
        <Divider />
        <Section title={say('password')} text={say('passwordText')}>
          <Password />
        </Section>
        <Divider />
        <Section title={say('looks')}>
          <div>
            <Looks size="sm" label={Above} />
          </div>
        </Section>
      </Stack>
    </Page>
  )
}

function Above({ children }: { children: ReactNode }) {
  return (
    <Text size="sm" fw={500} mb={4}>
      {children}
    </Text>
  )
}

function Section({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <section>
      <Title order={2} size="h4">
        {title}
      </Title>
      {text && (
        <Text size="sm" c="dimmed">
          {text}
        </Text>
      )}
      <Stack mt="sm" gap="sm">
        {children}
      </Stack>
    </section>
  )
}

/** What only admins change. */
function Duty() {
  const say = useSay()
  const common = useCommon()
  const me = useMe()
  return (
    <Group justify="space-between">
      <Text size="sm">{common(`role_${me.role}`)}</Text>
      <Anchor component={Link} to={`/settings/operators/${me.id}`} size="sm" underline="always">
        {say('scheduleLink')}
      </Anchor>
    </Group>
  )
}

function Name() {
  const say = useSay()
  const me = useMe()
  const { mutateAsync } = useChangeMe()
  const form = useForm({
    initialValues: { name: me.name },
    validate: { name: (value) => (value.trim() ? null : say('nameMissing')) },
  })
  const save = async ({ name }: { name: string }) => {
    await mutateAsync({ name: name.trim() })
    toast(say('saved'))
  }
  return (
    <form noValidate onSubmit={form.onSubmit((values) => save(values).catch(toastError))}>
      <Group align="end" wrap="nowrap">
        <TextInput
          label={say('name')}
          description={say('nameText')}
          maxLength={200}
          autoComplete="name"
          style={{ flex: 1 }}
          {...form.getInputProps('name')}
        />
        <Button type="submit" loading={form.submitting} disabled={!form.isDirty()}>
          {say('save')}
        </Button>
      </Group>
    </form>
  )
}

function Password() {
  const say = useSay()
  const common = useCommon()
  const me = useMe()
  const { mutateAsync } = useChangeMe()
  const form = useForm({
    initialValues: { current_password: '', password: '' },
    validate: {
      current_password: (value) => (value ? null : say('currentMissing')),
      password: (value) => (value.length >= LEAST_PASSWORD ? null : say('nextShort')),
    },
  })
  const save = async (values: typeof form.values) => {
    await mutateAsync(values)
    form.reset()
    toast(say('changed'))
  }
  const refused = (error: unknown) => {
    const wrong = error instanceof ApiError && error.code === 'wrong_password'
    const fields = wrong ? { current_password: say('currentWrong') } : refusedFields(error)
    form.setErrors(fields)
    if (Object.keys(fields).length === 0) toastError(error)
  }
  const shared = {
    maxLength: 1024,
    visibilityToggleButtonProps: { 'aria-label': common('showPassword'), tabIndex: 0 },
  }
  return (
    <form noValidate onSubmit={form.onSubmit((values) => save(values).catch(refused))}>
      <Stack gap="sm" align="stretch">
        <input hidden readOnly type="email" autoComplete="username" value={me.email} />
        <PasswordInput
          label={say('current')}
          autoComplete="current-password"
          {...shared}
          {...form.getInputProps('current_password')}
        />
        <PasswordInput
          label={say('next')}
          autoComplete="new-password"
          {...shared}
          {...form.getInputProps('password')}
        />
        <Button type="submit" loading={form.submitting} style={{ alignSelf: 'end' }}>
          {say('change')}
        </Button>
      </Stack>
    </form>
  )
}
