import { IconUsersGroup } from '@tabler/icons-react'

import type { Feature } from '@/lib/feature'

import { texts } from './texts'

export const operators: Feature = {
  name: 'operators',
  texts,
  routes: [{ path: '/settings/operators/{-$operatorId}', load: () => import('./components/Operators') }],
  settings: [
    { to: '/settings/operators', label: { en: 'Operators', de: 'Operatoren' }, icon: IconUsersGroup, order: 30 },
  ],
}
