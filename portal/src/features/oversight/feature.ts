import { IconHistory, IconMailQuestion } from '@tabler/icons-react'

import type { Feature } from '@/lib/feature'

import { live } from './live'
import { texts } from './texts'

export const oversight: Feature = {
  name: 'oversight',
  texts,
  routes: [
    {
      path: '/settings/quarantine/{-$quarantineId}',
      load: () => import('./components/Quarantine'),
      least: 'admin',
    },
    { path: '/settings/audit', load: () => import('./components/Audit'), least: 'admin' },
  ],
  settings: [
    {
      to: '/settings/quarantine',
      label: { en: 'Quarantine', de: 'Quarantäne' },
      icon: IconMailQuestion,
      order: 60,
      least: 'admin',
    },
    { to: '/settings/audit', label: { en: 'Audit', de: 'Protokoll' }, icon: IconHistory, order: 70, least: 'admin' },
  ],
  live,
}
