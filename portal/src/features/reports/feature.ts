import { IconChartHistogram } from '@tabler/icons-react'

import type { Feature } from '@/lib/feature'

import { readAsked } from './range'
import { texts } from './texts'

export const reports: Feature = {
  name: 'reports',
  texts,
  routes: [{ path: '/reports', load: () => import('./components/Reports'), search: readAsked }],
  menu: [{ to: '/reports', label: { en: 'Reports', de: 'Berichte' }, icon: IconChartHistogram, order: 40, key: 'r' }],
}
