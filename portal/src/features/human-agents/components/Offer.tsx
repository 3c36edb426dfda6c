import { Button, CloseButton, Group, Text, Title } from '@mantine/core'

import { useCommon } from '@/lib/common'
import { toast } from '@/lib/toast'

import { useSay } from '../texts'
import classes from './offer.module.css'

interface Given {
  /** It has been answered. */
  done: () => void
  decline: () => void
}

/** Asks whether the browser may be asked. It is in nobody's way. */
export default function Offer({ done, decline }: Given) {
  const say = useSay()
  const common = useCommon()
  const allow = async () => {
    const said = await Notification.requestPermission()
    if (said === 'granted') toast(say('notifyOn'))
    if (said !== 'default') done() // otherwise the browser's question was closed without an answer
  }
  return (
    <div className={classes.offer} role="dialog" aria-label={say('notifyTitle')}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Title order={2} size="h6">
          {say('notifyTitle')}
        </Title>
        <CloseButton size="sm" aria-label={common('close')} onClick={decline} />
      </Group>
      <Text size="xs" mb="xs">
        {say('notifyText')}
      </Text>
      <Group gap="xs">
        <Button size="compact-sm" onClick={() => void allow()}>
          {say('notifyAllow')}
        </Button>
        <Button size="compact-sm" variant="default" onClick={decline}>
          {say('notifyLater')}
        </Button>
      </Group>
    </div>
  )
}
