import type { z } from 'zod'
import type { Route, RouteName, routes } from '../contract/index.ts'
import type { Principal } from '../platform/access/index.ts'

type Parsed<R, K extends string> = R extends { readonly [P in K]: infer S extends z.ZodType }
  ? z.output<S>
  : undefined

type ReadonlyDeep<T> = T extends readonly (infer E)[]
  ? readonly ReadonlyDeep<E>[]
  : T extends object
    ? { readonly [K in keyof T]: ReadonlyDeep<T[K]> }
    : T

/** What a route was asked, checked by its schemas. */
export interface Asked<R extends Route> {
  readonly params: Parsed<R, 'params'>
  readonly query: Parsed<R, 'query'>
  readonly body: Parsed<R, 'body'>
}

export interface AuditTarget {
  readonly kind: string
  readonly id: string
}

/** Who asks, and what the audit log is to say of it. */
export interface RequestContext {
  readonly principal: Principal
  /** The organisation whose data the handler may touch: always the caller's. */
  readonly orgId: string
  /** Names what was changed; the route's audit event carries it. Detail must be free of secrets. */
  audit(target: AuditTarget, detail?: Readonly<Record<string, unknown>>): void
}

/** Of a route that lasts: tells the client how far it is, if it wants to know. */
interface ProgressContext<P> extends RequestContext {
  progress(step: P): void
}

type ContextOf<R extends Route> = R extends { readonly progress: infer S extends z.ZodType }
  ? ProgressContext<ReadonlyDeep<z.output<S>>>
  : RequestContext

type Answer<R extends Route> = R extends { readonly response: infer S extends z.ZodType }
  ? ReadonlyDeep<z.output<S>>
  : void

/** One route's work: plain values in, plain values out; nothing of HTTP. */
export type Handler<R extends Route> = (
  asked: Asked<R>,
  context: ContextOf<R>,
) => Promise<Answer<R>> | Answer<R>

/** A handler for each route of the contract: a route without one does not compile. */
export type Handlers = { readonly [N in RouteName]: Handler<(typeof routes)[N]> }
