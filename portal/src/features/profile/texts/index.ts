import { sayer, type Catalogue } from '@/lib/texts'

import type en from './en'

export const texts: Catalogue<typeof en> = {
  en: () => import('./en'),
  de: () => import('./de'),
}
export const useSay = sayer<typeof en>('profile')

const KINDS: Record<string, string> = { whatsapp: 'WhatsApp', telegram: 'Telegram' }

/** A kind of channel as people call it. */
export function useKind(): (kind: string) => string {
  const say = useSay()
  return (kind) => (kind === 'email' ? say('kindEmail') : (KINDS[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1)))
}
