import { useKinds } from '@/lib/kinds'
import { sayer, type Catalogue } from '@/lib/texts'

import type en from './en'

export const texts: Catalogue<typeof en> = {
  en: () => import('./en'),
  de: () => import('./de'),
}
export const useSay = sayer<typeof en>('channels')

/** Names of what the API names: those that have a text have it, the others read as they are spelled. */
export function useNames() {
  const say = useSay()
  const { channel } = useKinds()
  const named = (prefix: string, name: string, otherwise = spelled(name)) =>
    say((prefix + joined(name)) as 'title', { defaultValue: otherwise })
  return {
    kind: channel,
    aboutKind: (kind: string) => named('about', kind, ''),
    /** Of a setting; its group is said elsewhere. */
    setting: (name: string) => named('set', name.split('.').at(-1) ?? ''),
    group: (group: string) => named('group', group),
    status: (status: string) => named('status', status),
  }
}

/** `api_base` as `ApiBase`. */
function joined(name: string): string {
  return name.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** `api_base` as `Api base`. */
function spelled(name: string): string {
  const words = name.replace(/[_.]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
