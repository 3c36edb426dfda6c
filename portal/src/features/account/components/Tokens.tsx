import { Anchor, Button, Table, Text, VisuallyHidden } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { Page } from '@/components/Page'
import { EmptyState, ErrorState, LoadingLines } from '@/components/States'
import { useActions } from '@/lib/actions'
import { confirm } from '@/lib/confirm'
import { useKeys } from '@/lib/keys'
import { date, full } from '@/lib/time'
import { toast, toastError } from '@/lib/toast'

import { TOKENS, useRevoke, type Token } from '../queries'
import { useSay } from '../texts'
import { Issue } from './Issue'

/** Settings > API tokens: your own. */
export default function Tokens() {
  const say = useSay()
  const asked = useQuery(TOKENS)
  const [issuing, { open, close }] = useDisclosure()
  useKeys([{ keys: 'n', label: say('issue'), group: say('group'), opens: true, run: open }])
  useActions([{ id: 'tokens issue', label: say('issue'), group: say('group'), icon: <IconKey size={20} />, run: open }])
  return (
    <Page
      title={say('tokens')}
      tools={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
          {say('issue')}
        </Button>
      }
    >
      <Text c="dimmed" size="sm" mb="md">
        {say('tokensText')}{' '}
        <Anchor href="/api/v1/openapi.json" target="_blank" size="sm" underline="always">
          {say('describe')}
        </Anchor>
      </Text>
      {asked.isPending ? (
        <LoadingLines height={44} count={3} />
      ) : !asked.data ? (
        <ErrorState error={asked.error} retry={() => void asked.refetch()} />
      ) : asked.data.length === 0 ? (
        <EmptyState icon={<IconKey size={28} stroke={1.5} />} title={say('noTokens')} text={say('noTokensText')} />
      ) : (
        <Table verticalSpacing="sm" layout="fixed" maw={760}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{say('name')}</Table.Th>
              <Table.Th w={120}>{say('created')}</Table.Th>
              <Table.Th w={120}>
                <VisuallyHidden>{say('revoke')}</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {asked.data.map((one) => (
              <Row key={one.id} token={one} />
            ))}
          </Table.Tbody>
        </Table>
      )}
      {issuing && <Issue close={close} />}
    </Page>
  )
}

function Row({ token }: { token: Token }) {
  const say = useSay()
  const { i18n } = useTranslation()
  const { mutateAsync, isPending } = useRevoke()
  const { id, name, created_at } = token
  const revoke = async () => {
    const question = { title: say('revokeTitle', { name }), text: say('revokeText'), yes: say('revoke'), grave: true }
    if (!(await confirm(question))) return
    await mutateAsync(id)
    toast(say('revoked', { name }))
  }
  return (
    <Table.Tr>
      <Table.Td fw={550} style={{ overflowWrap: 'anywhere' }}>
        {name}
      </Table.Td>
      <Table.Td title={full(created_at, i18n.language)}>{date(created_at, i18n.language)}</Table.Td>
      <Table.Td ta="end">
        <Button
          variant="light"
          color="red"
          size="xs"
          loading={isPending}
          aria-label={say('revokeNamed', { name })}
          onClick={() => void revoke().catch(toastError)}
        >
          {say('revoke')}
        </Button>
      </Table.Td>
    </Table.Tr>
  )
}
