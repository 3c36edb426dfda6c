import en from '@/texts/en'

import { sayer, saying } from './texts'

/** Texts that all features share. */
export const COMMON = 'common'
export const useCommon = sayer(COMMON, en)
export const common = saying(COMMON, en)
