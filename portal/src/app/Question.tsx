import { Button, Group, Modal, Text } from '@mantine/core'

import { useCommon } from '@/lib/common'
import type { Asked } from '@/lib/confirm'

export default function Question({ asked, close }: { asked: Asked; close: () => void }) {
  const say = useCommon()
  const answer = (sure: boolean) => {
    asked.answer(sure)
    close()
  }
  return (
    <Modal opened centered title={asked.title} onClose={() => answer(false)}>
      <Text size="sm">{asked.text}</Text>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={() => answer(false)}>
          {asked.no ?? say('cancel')}
        </Button>
        <Button color={asked.grave ? 'red' : undefined} data-autofocus autoFocus onClick={() => answer(true)}>
          {asked.yes ?? say('yes')}
        </Button>
      </Group>
    </Modal>
  )
}
