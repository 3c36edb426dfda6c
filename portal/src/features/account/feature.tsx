import { Menu } from '@mantine/core'
import { IconKey, IconUserCircle } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import type { Feature, MenuEntry } from '@/lib/feature'
import type { Language } from '@/lib/texts'

import { texts } from './texts'

const PROFILE: MenuEntry = {
  to: '/settings/profile',
  label: { en: 'My profile', de: 'Mein Profil' },
  icon: IconUserCircle,
  order: 40,
}

function Profile() {
  const { i18n } = useTranslation()
  return (
    <Menu.Item component={Link} to={PROFILE.to} leftSection={<IconUserCircle size={18} />}>
      {PROFILE.label[i18n.language as Language]}
    </Menu.Item>
  )
}

export const account: Feature = {
  name: 'account',
  texts,
  routes: [
    { path: PROFILE.to, load: () => import('./components/Profile') },
    { path: '/settings/tokens', load: () => import('./components/Tokens') },
  ],
  settings: [
    PROFILE,
    { to: '/settings/tokens', label: { en: 'API tokens', de: 'API-Token' }, icon: IconKey, order: 50 },
  ],
  Profile,
}
