import { IconHeadset } from '@tabler/icons-react'

import type { Feature } from '@/lib/feature'

import { useWaiting } from './api/badge'
import { Everywhere } from './components/Everywhere'
import { NotificationsLine } from './components/Notifications'
import { live } from './live'
import { texts } from './texts'

export const humanAgents: Feature = {
  name: 'human-agents',
  texts,
  routes: [{ path: '/human-agents/{-$sessionId}', load: () => import('./components/HumanAgents') }],
  menu: [
    {
      to: '/human-agents',
      label: { en: 'Human Agents', de: 'Human Agents' },
      icon: IconHeadset,
      order: 10,
      key: 'h',
      useBadge: useWaiting,
    },
  ],
  live,
  Everywhere,
  Profile: NotificationsLine,
}
