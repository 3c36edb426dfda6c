import { Alert, Button, Group, Stack } from '@mantine/core'
import { IconExternalLink, IconInfoCircle } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'

import { workspace } from '../open'
import { useSay } from '../texts'
import type { Outcome as Said } from './useStart'

/** What came of it, where more is to be said than that it has started. */
export function Outcome({ outcome, close }: { outcome: Said; close: () => void }) {
  const say = useSay()
  const link = useRef<HTMLAnchorElement>(null)
  useEffect(() => link.current?.focus(), [])
  return (
    <Stack>
      <Alert icon={<IconInfoCircle aria-hidden />} role="alert">
        {outcome.text}
      </Alert>
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          {say('close')}
        </Button>
        <Button
          component="a"
          ref={link}
          href={workspace(outcome.sessionId)}
          target="_blank"
          rightSection={<IconExternalLink size={18} aria-hidden />}
        >
          {say('openConversation')}
        </Button>
      </Group>
    </Stack>
  )
}
