import { IconUsers } from '@tabler/icons-react'

import type { Feature } from '@/lib/feature'

import { live } from './live'
import { texts } from './texts'

export const customers: Feature = {
  name: 'customers',
  texts,
  routes: [
    {
      path: '/customers',
      load: () => import('./components/Customers'),
      search: (given) => ({ q: typeof given.q === 'string' && given.q ? given.q : undefined }),
    },
  ],
  menu: [{ to: '/customers', label: { en: 'Customers', de: 'Kunden' }, icon: IconUsers, order: 20, key: 'c' }],
  live,
}
