import { IconRobot } from '@tabler/icons-react'

import type { Feature } from '@/lib/feature'

import { live } from './live'
import { texts } from './texts'

export const TABS = ['instructions', 'handover', 'knowledge', 'playground'] as const
export type Tab = (typeof TABS)[number]

/** What the address of one agent says after `?`. */
export interface Where {
  tab?: Tab
  /** The document that is open: its name, or `new`. */
  doc?: string
}

export const agents: Feature = {
  name: 'agents',
  texts,
  routes: [
    {
      path: '/settings/agents/{-$agentId}',
      load: () => import('./components/Agents'),
      search: ({ tab, doc }): Record<string, unknown> => ({
        ...(TABS.includes(tab as Tab) && tab !== 'instructions' ? { tab } : {}),
        ...(tab === 'knowledge' && typeof doc === 'string' && doc ? { doc } : {}),
      }),
    },
  ],
  settings: [{ to: '/settings/agents', label: { en: 'Agents', de: 'Agenten' }, icon: IconRobot, order: 20 }],
  live,
}
