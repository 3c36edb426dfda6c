import { Alert, Button, Center, Paper, PasswordInput, Stack, TextInput, Title } from '@mantine/core'
import { useState, type FormEvent } from 'react'

import { useCommon } from '@/lib/common'
import { useLogIn } from '@/lib/me'
import { sentence } from '@/lib/toast'

/** Shown in the place of every page while nobody is logged in; the address stays. */
export default function Login() {
  const say = useCommon()
  const logIn = useLogIn()
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState('')
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    setBusy(true)
    try {
      await logIn(String(given.get('email')), String(given.get('password')))
    } catch (error) {
      setRefused(sentence(error))
      setBusy(false)
    }
  }
  return (
    <Center component="main" mih="100dvh" bg="var(--baton-side)" p="md">
      <Paper withBorder shadow="sm" p="xl" w="100%" maw={400}>
        <form onSubmit={(event) => void submit(event)}>
          <Stack>
            <img src="/icon.svg" width={48} height={48} alt="" />
            <Title order={1} size="h3">
              {say('logInTitle')}
            </Title>
            {refused && (
              <Alert color="red" role="alert">
                {refused}
              </Alert>
            )}
            <TextInput
              label={say('email')}
              name="email"
              type="email"
              autoComplete="username"
              required
              withAsterisk={false}
              data-autofocus
              autoFocus
            />
            <PasswordInput
              label={say('password')}
              name="password"
              visibilityToggleButtonProps={{ 'aria-label': say('showPassword') }}
              autoComplete="current-password"
              required
              withAsterisk={false}
            />
            <Button type="submit" loading={busy}>
              {say('logIn')}
            </Button>
          </Stack>
        </form>
      </Paper>
    </Center>
  )
}
