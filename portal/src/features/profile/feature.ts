import type { Feature } from '@/lib/feature'

import { live } from './live'
import { texts } from './texts'

export const TABS = ['overview', 'communications'] as const
export type Tab = (typeof TABS)[number]

export const profile: Feature = {
  name: 'profile',
  texts,
  routes: [
    {
      path: '/customers/$customerId',
      load: () => import('./components/Profile'),
      search: ({ tab }) => (tab === 'communications' ? { tab } : {}),
    },
  ],
  live,
}
