import { sayer, type Catalogue } from '@/lib/texts'

import type en from './en'

export const texts: Catalogue<typeof en> = {
  en: () => import('./en'),
  de: () => import('./de'),
}
export const useSay = sayer<typeof en>('profile')
