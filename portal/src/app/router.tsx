import { createRootRoute, createRoute, createRouter, Navigate, Outlet } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'

import { EmptyState, ErrorState, LoadingState } from '@/components/States'
import { useCommon } from '@/lib/common'
import type { FeatureRoute } from '@/lib/feature'
import { mayAct, useLogin, useMe } from '@/lib/me'
import { openTexts } from '@/lib/texts'

import { features } from './features'
import { Inside } from './Inside'
import { isSettings, placesOf, SETTINGS, settingsOf } from './places'

const Login = lazy(() => import('./Login'))
const Settings = lazy(() => import('./Settings'))

/** The login, or what is behind it. */
function Root() {
  const { data: operator, error, refetch } = useLogin()
  if (operator)
    return (
      <Inside>
        <Outlet />
      </Inside>
    )
  if (operator === undefined)
    return error ? <ErrorState error={error} retry={() => void refetch()} /> : <LoadingState />
  return (
    <Suspense fallback={<LoadingState />}>
      <Login />
    </Suspense>
  )
}

function NotFound() {
  const say = useCommon()
  return <EmptyState page title={say('notFoundTitle')} text={say('notFoundText')} />
}

function Home() {
  const first = placesOf(useMe())[0]
  return first ? <Navigate to={first.to} replace /> : <NotFound />
}

function FirstSetting() {
  const first = settingsOf(useMe())[0]
  return first ? <Navigate to={first.to} replace /> : <NotFound />
}

/** The route's component for those whose role may see it; loaded when a link is pointed at. */
function guarded(name: string, route: FeatureRoute) {
  const load = async () => (await Promise.all([route.load(), openTexts(name)]))[0]
  const Found = lazy(load)
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each route, when the page starts
  function Guarded() {
    const say = useCommon()
    if (mayAct(useMe(), route.least ?? 'viewer')) return <Found />
    return <EmptyState page title={say('forbiddenTitle')} text={say('forbiddenText')} />
  }
  return Object.assign(Guarded, { preload: async () => void (await load()) })
}

const root = createRootRoute({ component: Root, notFoundComponent: NotFound })
const home = createRoute({ getParentRoute: () => root, path: '/', component: Home })
const settings = createRoute({ getParentRoute: () => root, id: '_settings', component: Settings })
const firstSetting = createRoute({ getParentRoute: () => root, path: SETTINGS, component: FirstSetting })

function routesOf(parent: typeof root | typeof settings, wanted: (route: FeatureRoute) => boolean) {
  return features.flatMap((one) =>
    one.routes.filter(wanted).map((route) =>
      createRoute({
        getParentRoute: () => parent,
        path: route.path,
        component: guarded(one.name, route),
        validateSearch: route.search,
      }),
    ),
  )
}

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    firstSetting,
    ...routesOf(root, (route) => !isSettings(route)),
    settings.addChildren(routesOf(settings, isSettings)),
  ]),
  defaultPreload: 'intent',
  defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} retry={reset} />,
})
