import { Tooltip } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { Suspense, useMemo, type ReactNode } from 'react'

import { LoadingState } from '@/components/States'
import { useActions } from '@/lib/actions'
import { useCommon } from '@/lib/common'
import type { MenuEntry } from '@/lib/feature'
import { useKeys } from '@/lib/keys'
import { useLiveState } from '@/lib/live'
import { useMe } from '@/lib/me'
import { useTabCounter } from '@/lib/tabIcon'

import { Account } from './Account'
import { features } from './features'
import { KeysHelp } from './KeysHelp'
import { Palette } from './Palette'
import { placesOf, settingsOf, useNames } from './places'
import { Questions } from './Questions'
import classes from './Shell.module.css'

/** Menu, page, and what is there on every page. */
export default function Shell({ children }: { children: ReactNode }) {
  const say = useCommon()
  const me = useMe()
  const mine = useMemo(() => placesOf(me), [me])
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#page">
        {say('skip')}
      </a>
      <nav className={classes.menu} aria-label={say('menu')}>
        <img className={classes.logo} src="/icon.svg" width={32} height={32} alt="Baton" />
        {mine.map((place) => (
          <Entry key={place.to} place={place} />
        ))}
        <span className={classes.space} />
        <Account />
      </nav>
      <div className={classes.main}>
        <Banner />
        <main className={classes.page} id="page" tabIndex={-1}>
          <Suspense fallback={<LoadingState />}>{children}</Suspense>
        </main>
      </div>
      <Tab places={mine} />
      <Travel places={mine} />
      <KeysHelp />
      <Palette />
      <Questions />
      {features.map((one) => one.Everywhere && <one.Everywhere key={one.name} />)}
    </div>
  )
}

const none = () => 0

function Entry({ place }: { place: MenuEntry }) {
  const count = (place.useBadge ?? none)()
  const label = useNames()(place)
  return (
    <Tooltip label={label} position="right">
      <Link className={classes.entry} to={place.to} aria-label={count ? `${label} (${count})` : label}>
        <place.icon size={24} stroke={1.6} />
        {count > 0 && (
          <span className={classes.badge} aria-hidden>
            {count > 99 ? '99+' : count}
          </span>
        )}
      </Link>
    </Tooltip>
  )
}

/** The menu's badges, summed, on the browser's tab. */
function Tab({ places: mine }: { places: MenuEntry[] }) {
  const counts = mine.map((place) => (place.useBadge ?? none)())
  useTabCounter(
    counts.reduce((sum, one) => sum + one, 0),
    'Baton',
  )
  return null
}

/** `g` and a letter, and the palette, lead to every place. */
function Travel({ places: mine }: { places: MenuEntry[] }) {
  const say = useCommon()
  const me = useMe()
  const go = useNavigate()
  const name = useNames()
  const settings = useMemo(() => settingsOf(me), [me])
  useKeys(
    mine.flatMap((place) =>
      place.key
        ? [
            {
              keys: `g ${place.key}`,
              label: name(place),
              group: say('keysGo'),
              run: () => void go({ to: place.to }),
            },
          ]
        : [],
    ),
  )
  useActions(
    [...mine, ...settings].map((place) => ({
      id: `go ${place.to}`,
      label: say('goTo', { place: name(place) }),
      group: say('paletteGo'),
      icon: <place.icon size={20} stroke={1.6} />,
      keys: place.key && `g ${place.key}`,
      run: () => void go({ to: place.to }),
    })),
  )
  return null
}

function Banner() {
  const say = useCommon()
  const state = useLiveState()
  const lost = state === 'offline' || state === 'reconnecting'
  return (
    <div role="status" aria-live="polite">
      {lost && <div className={classes.banner}>{say(state)}</div>}
    </div>
  )
}
