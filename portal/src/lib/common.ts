import en from '@/texts/en'

import { sayer, saying, type Catalogue } from './texts'

/** Texts that all features share. */
export const COMMON = 'common'
export const commonTexts: Catalogue<typeof en> = { en, de: () => import('@/texts/de') }
export const useCommon = sayer(COMMON, en)
export const common = saying(COMMON, en)
