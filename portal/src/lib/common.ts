import en from '@/texts/en'

import { sayer, saying, type Catalogue } from './texts'

/** Texts that all features share. */
export const COMMON = 'common'
export const commonTexts: Catalogue<typeof en> = { en, de: () => import('@/texts/de') }
export const useCommon = sayer<typeof en>(COMMON)
export const common = saying<typeof en>(COMMON)
