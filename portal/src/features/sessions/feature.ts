import { IconMessages } from '@tabler/icons-react'

import type { Feature } from '@/lib/feature'

import { readFilters } from './filters'
import { live } from './live'
import { texts } from './texts'

export const sessions: Feature = {
  name: 'sessions',
  texts,
  routes: [
    {
      path: '/sessions/{-$sessionId}',
      load: () => import('./components/Sessions'),
      search: readFilters,
    },
  ],
  menu: [{ to: '/sessions', label: { en: 'Sessions', de: 'Gespräche' }, icon: IconMessages, order: 30, key: 'e' }],
  live,
}
