import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { ApiError, MissingPart } from './api/problem.ts'
import { sessionQuery } from './api/queries.ts'
import { Failed } from './components/faces.tsx'
import {
  activitySearch,
  addConnectionSearch,
  editConnectionSearch,
  findingSearch,
  imageSearch,
  parseSearch,
  signInSearch,
  stringifySearch,
} from './lib/address.ts'
import { NotFound } from './pages/not-found.tsx'
import { Shell } from './shell/shell.tsx'

/** A session that ended: back to the sign-in page, and from there to where one was. */
function onError(error: unknown): void {
  if (!(error instanceof ApiError) || error.status !== 401) return
  const { pathname, href } = router.state.location
  if (pathname === '/sign-in') return
  queryClient.clear()
  void router.navigate({ to: '/sign-in', search: { to: href } })
}

const RETRIES = 1

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: false,
      networkMode: 'always',
      // One more try for what may pass by itself; a clear refusal is shown at once.
      retry: (count, error) =>
        count < RETRIES && error instanceof ApiError && (error.status >= 502 || error.status === 0),
      retryDelay: 500,
    },
    mutations: { networkMode: 'always' },
  },
})

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Outlet,
})

/** A page that is loaded when it is first visited; one that does not arrive says so instead of reloading by itself. */
function lazyPage<M extends Record<string, unknown>, K extends keyof M & string>(
  load: () => Promise<M>,
  name: K,
) {
  const loadOrSay = (): Promise<M> =>
    load().catch((cause: unknown) => {
      throw new MissingPart(cause)
    })
  return lazyRouteComponent(loadOrSay, name)
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: signInSearch,
  component: lazyPage(() => import('./pages/sign-in/page.tsx'), 'SignInPage'),
})

/** Everything behind the sign-in, inside the shell. */
const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(sessionQuery)
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        throw redirect({ to: '/sign-in', search: location.pathname === '/' ? {} : { to: location.href } })
      }
      throw error
    }
  },
  component: Shell,
  errorComponent: ({ error, reset }) => (
    <div style={{ padding: '2rem' }}>
      <Failed
        error={error}
        retry={() => {
          reset()
          void router.invalidate()
        }}
      />
    </div>
  ),
})

const overview = createRoute({
  getParentRoute: () => app,
  path: '/',
  component: lazyPage(() => import('./pages/overview/page.tsx'), 'OverviewPage'),
})

const images = createRoute({
  getParentRoute: () => app,
  path: '/images',
  validateSearch: imageSearch,
  component: lazyPage(() => import('./pages/images/page.tsx'), 'ImagesPage'),
})

const image = createRoute({
  getParentRoute: () => app,
  path: '/images/$id',
  component: lazyPage(() => import('./pages/images/image-page.tsx'), 'ImagePage'),
})

const findings = createRoute({
  getParentRoute: () => app,
  path: '/findings',
  validateSearch: findingSearch,
  component: lazyPage(() => import('./pages/findings/page.tsx'), 'FindingsPage'),
})

const activity = createRoute({
  getParentRoute: () => app,
  path: '/activity',
  validateSearch: activitySearch,
  component: lazyPage(() => import('./pages/activity/page.tsx'), 'ActivityPage'),
})

const settings = createRoute({
  getParentRoute: () => app,
  path: '/settings',
  component: lazyPage(() => import('./pages/settings/page.tsx'), 'SettingsPage'),
})

const integrations = createRoute({
  getParentRoute: () => app,
  path: '/integrations',
  component: lazyPage(() => import('./pages/integrations/page.tsx'), 'IntegrationsPage'),
})

const connections = createRoute({
  getParentRoute: () => app,
  path: '/settings/registry-connections',
  component: lazyPage(() => import('./pages/connections/page.tsx'), 'ConnectionsPage'),
})

const addConnection = createRoute({
  getParentRoute: () => app,
  path: '/settings/registry-connections/new',
  validateSearch: addConnectionSearch,
  component: lazyPage(() => import('./pages/connection-form/add-page.tsx'), 'AddConnectionPage'),
})

const editConnection = createRoute({
  getParentRoute: () => app,
  path: '/settings/registry-connections/$id/edit',
  validateSearch: editConnectionSearch,
  component: lazyPage(() => import('./pages/connection-form/edit-page.tsx'), 'EditConnectionPage'),
})

const notifications = createRoute({
  getParentRoute: () => app,
  path: '/settings/registry-connections/$id/notifications',
  component: lazyPage(() => import('./pages/notifications/page.tsx'), 'NotificationsPage'),
})

const nowhere = createRoute({ getParentRoute: () => app, path: '$', component: NotFound })

const pages = [
  overview,
  images,
  image,
  findings,
  activity,
  settings,
  integrations,
  connections,
  addConnection,
  editConnection,
  notifications,
  nowhere,
] as const

export const router = createRouter({
  routeTree: root.addChildren([signIn, app.addChildren(pages)]),
  context: { queryClient },
  parseSearch,
  stringifySearch,
  // Only what a page validated of its address reaches it.
  search: { strict: true },
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultErrorComponent: ({ error, reset }) => (
    <div style={{ padding: '1rem' }}>
      <Failed error={error} retry={error instanceof MissingPart ? () => window.location.reload() : reset} />
    </div>
  ),
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
