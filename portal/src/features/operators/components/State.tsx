import { Button, Group, Text } from '@mantine/core'
import { IconUserCheck, IconUserOff } from '@tabler/icons-react'

import { ApiError } from '@/lib/api'
import { confirm } from '@/lib/confirm'
import { useMe, type Operator } from '@/lib/me'
import { toast, toastError } from '@/lib/toast'

import { held, useChange, type Held } from '../queries'
import { useSay } from '../texts'
import { Status } from './List'
import classes from './operators.module.css'

/** Who is here, and whether he may be: deactivating says before what becomes of his conversations. */
export function State({ operator }: { operator: Operator }) {
  const say = useSay()
  const own = useMe().id === operator.id
  const { mutateAsync, isPending } = useChange(operator.id)
  const heldText = useHeld()
  const { name } = operator
  const active = operator.state === 'active'
  const change = async () => {
    const text = active ? `${say('deactivateText', { name })} ${heldText(await held(operator.id))}` : ''
    const question = { title: say('deactivateTitle', { name }), text, yes: say('deactivate'), grave: true }
    if (active && !(await confirm(question))) return
    await mutateAsync({ state: active ? 'disabled' : 'active' })
    toast(say(active ? 'wasDeactivated' : 'wasActivated', { name }))
  }
  const refused = (error: unknown) =>
    toastError(
      error instanceof ApiError && error.code === 'last_admin'
        ? new ApiError(409, error.code, say('lastAdmin'))
        : error,
    )
  return (
    <div className={classes.state}>
      <Group justify="space-between" gap="sm">
        <Status operator={operator} />
        <Button
          variant={active ? 'light' : 'filled'}
          color={active ? 'red' : undefined}
          size="xs"
          disabled={own}
          loading={isPending}
          leftSection={active ? <IconUserOff size={16} aria-hidden /> : <IconUserCheck size={16} aria-hidden />}
          onClick={() => void change().catch(refused)}
        >
          {say(active ? 'deactivate' : 'activate')}
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        {say(own ? 'deactivateOwn' : active ? 'deactivateHint' : 'activateHint')}
      </Text>
    </div>
  )
}

/** What becomes of the conversations of who may have none any more. */
export function useHeld(): (what: Held) => string {
  const say = useSay()
  return ({ count, more }) => (more ? say('heldMore', { count }) : count ? say('held', { count }) : say('heldNone'))
}
