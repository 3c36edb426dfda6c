import { Menu, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import { IconKeyboard, IconLogout } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'

import { Face } from '@/components/Face'
import { useCommon } from '@/lib/common'
import { logOut, useMe } from '@/lib/me'
import { LANGUAGES, speak, type Language } from '@/lib/texts'
import { toastError } from '@/lib/toast'

import { features } from './features'
import { openKeysHelp } from './KeysHelp'

const SegmentedControl = lazy(() => import('./Segments'))

/** Who is logged in, and how the portal looks to them. */
export function Account() {
  const say = useCommon()
  const me = useMe()
  const client = useQueryClient()
  const { i18n } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
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
          <Menu.Label>{say('appearance')}</Menu.Label>
          <SegmentedControl
            fullWidth
            size="xs"
            mb="xs"
            aria-label={say('appearance')}
            value={colorScheme}
            onChange={(value) => setColorScheme(value as typeof colorScheme)}
            data={[
              { value: 'light', label: say('light') },
              { value: 'dark', label: say('dark') },
              { value: 'auto', label: say('system') },
            ]}
          />
          <Menu.Label>{say('language')}</Menu.Label>
          <SegmentedControl
            fullWidth
            size="xs"
            mb="xs"
            aria-label={say('language')}
            value={i18n.language}
            onChange={(value) => void speak(value as Language)}
            data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
          />
        </Suspense>
        <Menu.Divider />
        {features.map((one) => one.Profile && <one.Profile key={one.name} />)}
        <Menu.Item leftSection={<IconKeyboard size={18} />} onClick={openKeysHelp}>
          {say('keys')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLogout size={18} />}
          onClick={() => void logOut(client).catch(toastError)}
        >
          {say('logOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
