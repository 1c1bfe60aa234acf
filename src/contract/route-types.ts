import type { z } from 'zod'
import type { RouteName, routes } from './routes.ts'

type Table = typeof routes
type Part<K extends RouteName, P extends string> =
  Table[K] extends Record<P, infer S extends z.ZodType> ? S : never

/** What a caller of a route hands over: its path parameters, its query and its body, each only where the route has it. */
export type RouteInput<K extends RouteName> = ([Part<K, 'params'>] extends [never]
  ? object
  : { readonly params: z.output<Part<K, 'params'>> }) &
  ([Part<K, 'query'>] extends [never] ? object : { readonly query?: z.input<Part<K, 'query'>> }) &
  ([Part<K, 'body'>] extends [never] ? object : { readonly body: z.input<Part<K, 'body'>> })

/** What a route answers; undefined for one without a body. */
export type RouteResponse<K extends RouteName> = [Part<K, 'response'>] extends [never]
  ? undefined
  : z.output<Part<K, 'response'>>

/** What a route tells of its work while it lasts. */
export type RouteProgress<K extends RouteName> = z.output<Part<K, 'progress'>>
