import { connectionRoutes } from './routes/connections.ts'
import { documentRoutes } from './routes/documents.ts'
import { findingRoutes } from './routes/findings.ts'
import { imageRoutes } from './routes/images.ts'
import type { Route } from './routes/route.ts'
import { systemRoutes } from './routes/system.ts'

export type { Policy, Route } from './routes/route.ts'

/** Every route of the API, by name: server, web and command line are typed from this table. */
export const routes = {
  ...connectionRoutes,
  ...imageRoutes,
  ...findingRoutes,
  ...documentRoutes,
  ...systemRoutes,
} as const satisfies Record<string, Route>

export type RouteName = keyof typeof routes
