import { Button, CloseButton, Group, Menu, Text, Title } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import { useState } from 'react'

import { useCommon } from '@/lib/common'
import { toast } from '@/lib/toast'

import { canNotify } from '../notify'
import { useSay } from '../texts'
import classes from './list.module.css'

const ASKED = 'baton.notifications.asked'

/** Offered once in this browser to who has neither allowed nor blocked them. It is in nobody's way. */
export function NotificationsDialog() {
  const say = useSay()
  const common = useCommon()
  const [open, setOpen] = useState(
    () => canNotify() && Notification.permission === 'default' && localStorage.getItem(ASKED) === null,
  )
  const close = () => {
    localStorage.setItem(ASKED, 'yes')
    setOpen(false)
  }
  const allow = async () => {
    close()
    if ((await Notification.requestPermission()) === 'granted') toast(say('notifyOn'))
  }
  if (!open) return null
  return (
    <div className={classes.offer} role="dialog" aria-label={say('notifyTitle')}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Title order={2} size="h6">
          {say('notifyTitle')}
        </Title>
        <CloseButton size="sm" aria-label={common('close')} onClick={close} />
      </Group>
      <Text size="xs" mb="xs">
        {say('notifyText')}
      </Text>
      <Group gap="xs">
        <Button size="compact-sm" onClick={() => void allow()}>
          {say('notifyAllow')}
        </Button>
        <Button size="compact-sm" variant="default" onClick={close}>
          {say('notifyLater')}
        </Button>
      </Group>
    </div>
  )
}

/** The same in the menu of who is logged in. */
export function NotificationsLine() {
  const say = useSay()
  if (!canNotify() || Notification.permission === 'granted') return null
  const ask = async () => {
    const said = await Notification.requestPermission()
    toast(say(said === 'granted' ? 'notifyOn' : 'notifyBlocked'))
  }
  return (
    <Menu.Item leftSection={<IconBell size={18} />} onClick={() => void ask()}>
      {say('notifyTitle')}
    </Menu.Item>
  )
}
