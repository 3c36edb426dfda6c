import type { QueryClient } from '@tanstack/react-query'
import type { ComponentType } from 'react'

import type { LiveHandler } from './live'
import type { Operator, Role } from './me'
import type { Catalogue, Language } from './texts'

export interface FeatureRoute {
  /** Such as `/customers/$customerId`; components read it with `useParams({ strict: false })`. */
  path: string
  load: () => Promise<{ default: ComponentType }>
  /** Turns what the address says after `?` into what the component may rely on. */
  search?: (given: Record<string, unknown>) => Record<string, unknown>
  least?: Role
}

export interface MenuEntry {
  to: string
  /** What the menu says; the feature's texts need not be there yet. */
  label: Record<Language, string>
  icon: ComponentType<{ size?: number | string; stroke?: number | string }>
  /** Human Agents 10, Customers 20, Sessions 30, Reports 40, Settings 90. In the settings from 10 on, too. */
  order: number
  least?: Role
  /** A hook that counts what waits, for a badge. */
  useBadge?: () => number
  /** What is pressed after `g` to go there. */
  key?: string
}

export interface Surroundings {
  client: QueryClient
  /** Who is logged in. */
  me: () => Operator | null
}

/** All that the portal must know of a feature; src/app/features.ts lists them. */
export interface Feature {
  /** Its folder, and the name of its texts. */
  name: string
  texts: Catalogue
  routes: FeatureRoute[]
  menu?: MenuEntry[]
  /** Pages below `/settings/`, in the menu of the settings. */
  settings?: MenuEntry[]
  live?: (around: Surroundings) => LiveHandler
  /** Mounted once below the shell: keys and actions that work on every page (`useKeys`, `useActions`). */
  Everywhere?: ComponentType
  /** Its lines in the menu of who is logged in (`Menu.Item`). */
  Profile?: ComponentType
}
