/**
 * The HTTP API as data: zod schemas and the table of routes. The only thing that server, web and command line share.
 * Runs in a browser: imports zod and nothing else.
 */
export * from './documents.ts'
export * from './findings.ts'
export * from './images.ts'
export * from './lines.ts'
export * from './notifications.ts'
export * from './registry-connections.ts'
export type { RouteInput, RouteProgress, RouteResponse } from './route-types.ts'
export { type Policy, type Route, type RouteName, routes } from './routes.ts'
export { type Problem, problem, type Reason, type Severity, type SeverityCounts } from './shapes.ts'
export * from './system.ts'
