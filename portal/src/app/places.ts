import { IconSettings } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import type { FeatureRoute, MenuEntry } from '@/lib/feature'
import { mayAct } from '@/lib/me'
import type { Language } from '@/lib/texts'

import { features } from './features'

type Who = Parameters<typeof mayAct>[0]

export const SETTINGS = '/settings'
const ordered = (entries: MenuEntry[]) => entries.sort((a, b) => a.order - b.order)
const places = ordered(features.flatMap((one) => one.menu ?? []))
const SETTINGS_ENTRY: MenuEntry = {
  to: SETTINGS,
  label: { en: 'Settings', de: 'Einstellungen' },
  icon: IconSettings,
  order: 90,
  key: 's',
}
const settings = ordered(features.flatMap((one) => one.settings ?? []))
const allowed = (all: MenuEntry[], me: Who) => all.filter((one) => mayAct(me, one.least ?? 'viewer'))

/** The menu, for somebody. */
export function placesOf(me: Who): MenuEntry[] {
  return [...allowed(places, me), ...(settingsOf(me).length > 0 ? [SETTINGS_ENTRY] : [])]
}

/** The menu of the settings, for somebody. */
export function settingsOf(me: Who): MenuEntry[] {
  return allowed(settings, me)
}

export function isSettings(route: FeatureRoute): boolean {
  return route.path.startsWith(`${SETTINGS}/`)
}

/** What an entry is called in the language of the page. */
export function useNames(): (entry: MenuEntry) => string {
  const { i18n } = useTranslation()
  return (entry) => entry.label[i18n.language as Language]
}
