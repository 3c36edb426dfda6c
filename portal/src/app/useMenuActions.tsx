import { useMantineColorScheme } from '@mantine/core'
import { IconDeviceDesktop, IconKeyboard, IconLanguage, IconLogout, IconMoon, IconSun } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { useActions } from '@/lib/actions'
import { useCommon } from '@/lib/common'
import { logOut } from '@/lib/me'
import { LANGUAGES, speak, type Language } from '@/lib/texts'
import { toastError } from '@/lib/toast'

import { openKeysHelp } from './KeysHelp'

const LOOKS = [
  { scheme: 'light', name: 'light', Icon: IconSun },
  { scheme: 'dark', name: 'dark', Icon: IconMoon },
  { scheme: 'auto', name: 'system', Icon: IconDeviceDesktop },
] as const

/** What the menu of who is logged in can do, in the palette of every page; loaded with it. */
export function useMenuActions() {
  const say = useCommon()
  const client = useQueryClient()
  const { i18n } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const others = (Object.keys(LANGUAGES) as Language[]).filter((one) => one !== i18n.language)
  useActions([
    ...LOOKS.filter(({ scheme }) => scheme !== colorScheme).map(({ scheme, name, Icon }) => ({
      id: `look ${scheme}`,
      label: `${say('appearance')}: ${say(name)}`,
      group: say('account'),
      icon: <Icon size={20} stroke={1.6} />,
      run: () => setColorScheme(scheme),
    })),
    ...others.map((one) => ({
      id: `language ${one}`,
      label: `${say('language')}: ${LANGUAGES[one]}`,
      group: say('account'),
      icon: <IconLanguage size={20} stroke={1.6} />,
      run: () => void speak(one),
    })),
    {
      id: 'keys',
      label: say('keys'),
      group: say('account'),
      icon: <IconKeyboard size={20} stroke={1.6} />,
      run: openKeysHelp,
    },
    {
      id: 'log out',
      label: say('logOut'),
      group: say('account'),
      icon: <IconLogout size={20} stroke={1.6} />,
      run: () => void logOut(client).catch(toastError),
    },
  ])
}
