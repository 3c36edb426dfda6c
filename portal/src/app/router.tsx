import {
  createRootRoute,
  createRoute,
  createRouter,
  Navigate,
  Outlet,
} from '@tanstack/react-router'
import { lazy, Suspense } from 'react'

import { EmptyState, ErrorState, LoadingState } from '@/components/States'
import { useCommon } from '@/lib/common'
import type { FeatureRoute } from '@/lib/feature'
import { mayAct, useLogin, useMe } from '@/lib/me'

import { features } from './features'
import { Inside } from './Inside'
import { placesOf } from './Shell'

const Login = lazy(() => import('./Login'))

/** The login, or what is behind it. */
function Root() {
  const { data: operator, isPending, error, refetch } = useLogin()
  if (isPending) return <LoadingState />
  if (error) return <ErrorState error={error} retry={() => void refetch()} />
  if (operator)
    return (
      <Inside>
        <Outlet />
      </Inside>
    )
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

/** The route's component for those whose role may see it; loaded when a link is pointed at. */
function guarded(route: FeatureRoute) {
  const Found = lazy(route.load)
  function Guarded() {
    const say = useCommon()
    if (mayAct(useMe(), route.least ?? 'viewer')) return <Found />
    return <EmptyState page title={say('forbiddenTitle')} text={say('forbiddenText')} />
  }
  return Object.assign(Guarded, { preload: async () => void (await route.load()) })
}

const root = createRootRoute({ component: Root, notFoundComponent: NotFound })
const home = createRoute({ getParentRoute: () => root, path: '/', component: Home })
const routes = features
  .flatMap((one) => one.routes)
  .map((one) =>
    createRoute({
      getParentRoute: () => root,
      path: one.path,
      component: guarded(one),
      validateSearch: one.search,
    }),
  )

export const router = createRouter({
  routeTree: root.addChildren([home, ...routes]),
  defaultPreload: 'intent',
  defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} retry={reset} />,
})
