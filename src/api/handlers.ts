import { connectionRoutes } from './connections/routes.ts'
import { documentRoutes } from './documents/routes.ts'
import { findingRoutes } from './findings/routes.ts'
import type { Handlers } from './handler.ts'
import { hookRoutes } from './hooks/routes.ts'
import { imageRoutes } from './images/routes.ts'
import type { ApiServices } from './ports.ts'
import { scanRoutes } from './scans/routes.ts'
import { sessionRoutes } from './session/routes.ts'
import { systemRoutes } from './system/routes.ts'

/** The work of every route in the contract. */
export function createHandlers(services: ApiServices): Handlers {
  return {
    ...sessionRoutes(),
    ...connectionRoutes(services),
    ...hookRoutes(services),
    ...imageRoutes(services),
    ...scanRoutes(services),
    ...findingRoutes(services),
    ...documentRoutes(services),
    ...systemRoutes(services),
  }
}
