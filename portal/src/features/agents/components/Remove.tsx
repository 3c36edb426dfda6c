import { ActionIcon, Tooltip } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'

import { answer, api } from '@/lib/api'
import { confirm } from '@/lib/confirm'
import { toast, toastError } from '@/lib/toast'

import { documentsOf, type Listed } from '../queries'
import { useSay } from '../texts'
import { useUnsaved } from '../unsaved'
import { keptAs } from './useDocument'

/** Forgets a document that was written here, once one is sure. */
export function Remove({ agentId, one, then }: { agentId: string; one: Listed; then?: () => void }) {
  const say = useSay()
  const client = useQueryClient()
  const [, keep] = useUnsaved(keptAs(agentId, one.name))
  const { mutate, isPending } = useMutation({
    mutationFn: () =>
      answer(
        api.DELETE('/agents/{agent_id}/knowledge/{name}', { params: { path: { agent_id: agentId, name: one.name } } }),
      ),
    onSuccess: () => {
      keep(() => null)
      void client.invalidateQueries({ queryKey: documentsOf(agentId).queryKey })
      toast(say('removed', { name: one.name }))
      then?.()
    },
    onError: toastError,
  })
  const ask = async () => {
    const text = say(one.replaces ? 'removeReplacing' : 'removeText')
    if (await confirm({ title: say('removeTitle', { name: one.name }), text, yes: say('remove'), grave: true }))
      mutate()
  }
  return (
    <Tooltip label={say('removeNamed', { name: one.name })} openDelay={300}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        loading={isPending}
        aria-label={say('removeNamed', { name: one.name })}
        onClick={() => void ask()}
      >
        <IconTrash size={18} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}
