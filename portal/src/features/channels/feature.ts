import { IconPlugConnected } from '@tabler/icons-react'

import type { Feature } from '@/lib/feature'

import { live } from './live'
import { readAddress } from './queries'
import { texts } from './texts'

export const channels: Feature = {
  name: 'channels',
  texts,
  routes: [
    { path: '/settings/channels/{-$channelId}', load: () => import('./components/Channels'), search: readAddress },
  ],
  settings: [{ to: '/settings/channels', label: { en: 'Channels', de: 'Kanäle' }, icon: IconPlugConnected, order: 10 }],
  live,
}
