import { Menu, Text, UnstyledButton } from '@mantine/core'
import { IconKeyboard, IconLogout } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'

import { Face } from '@/components/Face'
import { useCommon } from '@/lib/common'
import { logOut, useMe } from '@/lib/me'
import { toastError } from '@/lib/toast'

import { features } from './features'
import { openKeysHelp } from './KeysHelp'

const Looks = lazy(() => import('@/components/Looks'))

/** Who is logged in, and how the portal looks to them. */
export function Account() {
  const say = useCommon()
  const me = useMe()
  const client = useQueryClient()
  return (
    <Menu position="right-end" width={280} withinPortal>
      <Menu.Target>
        <UnstyledButton aria-label={`${say('account')}: ${me.name}`} p={4}>
          <Face name={me.name} size={38} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text fw={600} c="var(--mantine-color-text)">
            {me.name}
          </Text>
          <Text size="xs">
            {me.email} · {say(`role_${me.role}`)}
          </Text>
        </Menu.Label>
        <Menu.Divider />
        <Suspense>
          <Looks label={Menu.Label} />
        </Suspense>
        <Menu.Divider />
        {features.map((one) => one.Profile && <one.Profile key={one.name} />)}
        <Menu.Item leftSection={<IconKeyboard size={18} />} onClick={openKeysHelp}>
          {say('keys')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={18} />} onClick={() => void logOut(client).catch(toastError)}>
          {say('logOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
