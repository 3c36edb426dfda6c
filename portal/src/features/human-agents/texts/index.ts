import { sayer, type Catalogue } from '@/lib/texts'

import en from './en'

export const texts: Catalogue<typeof en> = { en, de: () => import('./de') }
export const useSay = sayer<typeof en>('human-agents')
