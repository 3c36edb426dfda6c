import { Button, Group, Stack, Text, Title } from '@mantine/core'

import { CopyButton } from '@/components/CopyButton'

import { useSay } from '../texts'
import classes from './operators.module.css'

interface Given {
  name: string
  email: string
  password: string
  close: () => void
}

/** What the admin gives to somebody new. */
export function Added({ name, email, password, close }: Given) {
  const say = useSay()
  const text = say('loginText', { address: location.origin, email, password })
  return (
    <Stack>
      <Title order={3} size="h4" role="status">
        {say('added', { name })}
      </Title>
      <Text size="sm">{say('addedText')}</Text>
      <Group align="start" wrap="nowrap">
        <pre className={classes.login}>{text}</pre>
        <CopyButton text={text} label={say('copyLogin')} />
      </Group>
      <Button data-autofocus onClick={close} style={{ alignSelf: 'end' }}>
        {say('done')}
      </Button>
    </Stack>
  )
}
