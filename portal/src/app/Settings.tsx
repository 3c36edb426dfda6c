import { Link, Outlet } from '@tanstack/react-router'
import { Suspense } from 'react'

import { LoadingState } from '@/components/States'
import { useCommon } from '@/lib/common'
import { useMe } from '@/lib/me'

import { settingsOf, useNames } from './places'
import classes from './Settings.module.css'

/** Around every page below `/settings/`: their menu. */
export default function Settings() {
  const say = useCommon()
  const name = useNames()
  return (
    <div className={classes.settings}>
      <nav className={classes.menu} aria-label={say('settings')}>
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
