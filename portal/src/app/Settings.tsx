import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { Suspense, useEffect, useRef } from 'react'

import { LoadingState } from '@/components/States'
import { useCommon } from '@/lib/common'
import { useMe } from '@/lib/me'

import { settingsOf, useNames } from './places'
import classes from './Settings.module.css'

/** Around every page below `/settings/`: their menu. */
export default function Settings() {
  const say = useCommon()
  const name = useNames()
  const { pathname } = useLocation()
  const menu = useRef<HTMLElement>(null)
  useEffect(() => {
    menu.current?.querySelector('[data-status=active]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [pathname])
  return (
    <div className={classes.settings}>
      <nav ref={menu} className={classes.menu} aria-label={say('settings')}>
        <p className={classes.title} aria-hidden>
          {say('settings')}
        </p>
        {settingsOf(useMe()).map((entry) => (
          <Link key={entry.to} to={entry.to} className={classes.entry}>
            <entry.icon size={18} stroke={1.6} />
            {name(entry)}
          </Link>
        ))}
      </nav>
      <div className={classes.page}>
        <Suspense fallback={<LoadingState />}>
          <Outlet />
        </Suspense>
      </div>
    </div>
  )
}
