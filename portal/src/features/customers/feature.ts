import { IconUsers } from '@tabler/icons-react'

import type { Feature } from '@/lib/feature'

import { readAsked } from './asked'
import { live } from './live'
import { texts } from './texts'

export const customers: Feature = {
  name: 'customers',
  texts,
  routes: [
    {
      path: '/customers',
      load: () => import('./components/Customers'),
      search: (given) => ({ ...readAsked(given) }),
    },
  ],
  menu: [{ to: '/customers', label: { en: 'Customers', de: 'Kunden' }, icon: IconUsers, order: 20, key: 'c' }],
  live,
}
