import type { Lifecycle, ScanStatus, Severity } from '../../contract/index.ts'
import { isSeverity } from './severity.ts'

/**
 * The part of an address after the `?`: plain `name=value`, lists with commas, so that an address can be read, typed and
 * shared. What does not fit is dropped: an address is input like any other.
 */
export type RawSearch = Readonly<Record<string, unknown>>

export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text))
}

export function stringifySearch(search: RawSearch): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(search)) {
    if (value === undefined || value === null || value === '') continue
    if (Array.isArray(value) && value.length === 0) continue
    query.set(name, Array.isArray(value) ? value.join(',') : String(value))
  }
  const text = query.toString().replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%2F', '/')
  return text === '' ? '' : `?${text}`
}

const DIGEST = /^sha256:[0-9a-f]{64}$/
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function text(value: unknown, limit: number): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const trimmed = String(value).trim()
  return trimmed === '' || trimmed.length > limit ? undefined : trimmed
}

function matching(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined
}

function integer(value: unknown): number | undefined {
  const number = Number(text(value, 15) ?? Number.NaN)
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

function several<T extends string>(value: unknown, allowed: (item: string) => item is T): T[] | undefined {
  const items = Array.isArray(value) ? value.map(String) : (text(value, 200)?.split(',') ?? [])
  const known = [...new Set(items.filter(allowed))]
  return known.length === 0 ? undefined : known
}

function oneOf<T extends string>(...allowed: readonly T[]) {
  return (item: string): item is T => (allowed as readonly string[]).includes(item)
}

/** Drops what is undefined, so that `exactOptionalPropertyTypes` holds and the address stays short. */
export function present<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never
}

/** The object without one of its keys. */
export function without<T extends object, K extends keyof T>(object: T, key: K): Omit<T, K> {
  const rest = { ...object }
  delete rest[key]
  return rest
}

export const SCAN_STATUSES = ['Pending', 'Scanning', 'Completed', 'Failed'] as const satisfies ScanStatus[]
export const LIFECYCLES = ['Latest', 'Outdated', 'Pending'] as const satisfies Lifecycle[]
const isScanStatus = oneOf<ScanStatus>(...SCAN_STATUSES)
const isLifecycle = oneOf<Lifecycle>(...LIFECYCLES)

export interface ImageSearch {
  connection?: string
  repository?: number
  digest?: string
  status?: ScanStatus[]
  lifecycle?: Lifecycle[]
  /** Charts, signatures and the rest are listed too. */
  kind?: 'all'
  q?: string
  /** The image whose details are open. */
  image?: number
}

export function imageSearch(raw: RawSearch): ImageSearch {
  return present({
    connection: matching(raw['connection'], UUID),
    repository: integer(raw['repository']),
    digest: matching(raw['digest'], DIGEST),
    status: several(raw['status'], isScanStatus),
    lifecycle: several(raw['lifecycle'], isLifecycle),
    kind: raw['kind'] === 'all' ? ('all' as const) : undefined,
    q: text(raw['q'], 200),
    image: integer(raw['image']),
  })
}

export interface FindingSearch {
  severity?: Severity[]
  package?: string
  cve?: string
  repository?: number
  connection?: string
  digest?: string
  fix?: 'yes' | 'no'
  /** The finding whose details are open. */
  finding?: string
}

export function findingSearch(raw: RawSearch): FindingSearch {
  return present({
    severity: several(raw['severity'], isSeverity),
    package: text(raw['package'], 300),
    cve: text(raw['cve'], 100),
    repository: integer(raw['repository']),
    connection: matching(raw['connection'], UUID),
    digest: matching(raw['digest'], DIGEST),
    fix: raw['fix'] === 'yes' || raw['fix'] === 'no' ? (raw['fix'] as 'yes' | 'no') : undefined,
    finding: text(raw['finding'], 300),
  })
}

export const SCAN_STATES = ['scanning', 'pending', 'failed', 'completed', 'cancelled'] as const
const isScanState = oneOf(...SCAN_STATES)

export interface ActivitySearch {
  connection?: string
  state?: (typeof SCAN_STATES)[number]
}

export function activitySearch(raw: RawSearch): ActivitySearch {
  const state = text(raw['state'], 20)
  return present({
    connection: matching(raw['connection'], UUID),
    state: state !== undefined && isScanState(state) ? state : undefined,
  })
}

export interface AddConnectionSearch {
  platform?: string
}

export function addConnectionSearch(raw: RawSearch): AddConnectionSearch {
  return present({ platform: text(raw['platform'], 50) })
}

export interface EditConnectionSearch {
  step?: 'credentials' | 'configuration'
}

export function editConnectionSearch(raw: RawSearch): EditConnectionSearch {
  const step = raw['step']
  return present({ step: step === 'credentials' || step === 'configuration' ? step : undefined })
}

export interface SignInSearch {
  /** Where to go then: a path of this site. */
  to?: string
}

/** Only a path of this site: `//host` and `/\host` would lead away. */
export function signInSearch(raw: RawSearch): SignInSearch {
  const to = text(raw['to'], 2000)
  return present({ to: to !== undefined && /^\/(?![/\\])/.test(to) ? to : undefined })
}
