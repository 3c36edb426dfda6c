import { Alert, Button, FileButton, Group, List, Modal, Stack, Text } from '@mantine/core'
import { IconFileSpreadsheet } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { sentence, toast } from '@/lib/toast'

import { bring, LISTS, TAGS, type Imported } from '../queries'
import { useSay } from '../texts'

/** A spreadsheet: first what would become of it, then it is stored. */
export default function Bring({ close }: { close: () => void }) {
  const say = useSay()
  const client = useQueryClient()
  const [file, setFile] = useState<File | null>(null)
  const trying = useMutation({ mutationFn: (wanted: File) => bring(wanted, true) })
  const storing = useMutation({
    mutationFn: (wanted: File) => bring(wanted, false),
    onSuccess({ added, changed }) {
      toast(say('brought', { added, changed }))
      void client.invalidateQueries({ queryKey: LISTS })
      void client.invalidateQueries({ queryKey: TAGS })
      close()
    },
  })
  const choose = (wanted: File | null) => {
    setFile(wanted)
    storing.reset()
    if (wanted) trying.mutate(wanted)
  }
  const refused = storing.error ?? trying.error
  const tried = trying.data
  return (
    <Modal opened onClose={close} title={say('bring')} size="lg">
      <Stack>
        <Text size="sm" c="dimmed">
          {say('bringText')}
        </Text>
        <Group>
          <FileButton accept=".csv,text/csv" onChange={choose}>
            {(given) => (
              <Button
                {...given}
                variant="default"
                leftSection={<IconFileSpreadsheet size={18} aria-hidden />}
                loading={trying.isPending}
                data-autofocus
              >
                {say('chooseFile')}
              </Button>
            )}
          </FileButton>
          {file && <Text size="sm">{file.name}</Text>}
        </Group>
        {refused && (
          <Alert color="red" role="alert">
            {sentence(refused)}
          </Alert>
        )}
        {tried && !trying.isPending && <Tried tried={tried} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {say('cancel')}
          </Button>
          <Button
            loading={storing.isPending}
            disabled={!file || !tried || tried.added + tried.changed === 0}
            onClick={() => file && storing.mutate(file)}
          >
            {say('bringNow')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

function Tried({ tried }: { tried: Imported }) {
  const say = useSay()
  return (
    <div role="status">
      <Text size="sm" fw={600}>
        {say('tried', { added: tried.added, changed: tried.changed })}
      </Text>
      {tried.ignored.length > 0 && (
        <Text size="sm" c="dimmed">
          {say('ignored', { columns: tried.ignored.join(', ') })}
        </Text>
      )}
      {tried.failed > 0 && (
        <Alert color="yellow" mt="sm" title={say('failed', { count: tried.failed })}>
          <List size="sm">
            {tried.problems.slice(0, 10).map((one) => (
              <List.Item key={one.line}>{say('line', one)}</List.Item>
            ))}
          </List>
        </Alert>
      )}
    </div>
  )
}
