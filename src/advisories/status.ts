import type { Clock, Digest } from '../core/index.ts'
import { databaseFolder, readOrigin, readPointer } from './folder.ts'
import { vulnerabilityDatabase } from './kind.ts'
import { readMetadata } from './open.ts'

const hour = 60 * 60 * 1000
const day = 24 * hour
/** Trivy asks no sooner than an hour after the last download, and neither do we. */
const pause = hour

/** How the current database stands; times in milliseconds since the epoch, null where there is none. */
export interface DatabaseStatus {
  readonly digest: Digest | null
  readonly updatedAt: number | null
  readonly nextUpdate: number | null
  /** Reference of the artifact, or name of the imported file. */
  readonly source: string | null
  /** When a newer one was last looked for, or one imported. */
  readonly checkedAt: number | null
  /** Too old to be relied on, or none. */
  readonly stale: boolean
  /** For people: `updated 5 hours ago`. */
  readonly message: string
}

/** How old data of this time is, for people: `updated 5 hours ago`, with a warning when it is stale (two days; names: more). */
export function describeAge(
  updatedAt: number,
  clock: Clock,
  kind = vulnerabilityDatabase,
): { readonly stale: boolean; readonly message: string } {
  const age = clock.now() - updatedAt
  const stale = age > kind.staleAfter
  return { stale, message: `updated ${spoken(age)}${stale ? `: ${kind.staleMeans}` : ''}` }
}

/** Never throws: a database that cannot be read is none, and the message says why. */
export function databaseStatus(dir: string, clock: Clock, kind = vulnerabilityDatabase): DatabaseStatus {
  const pointer = readPointer(dir)
  if (pointer === undefined) return none(`no ${kind.name} yet`)
  const folder = databaseFolder(dir, pointer.current)
  try {
    const { updatedAt, nextUpdate } = readMetadata(folder, kind)
    return {
      digest: pointer.current,
      updatedAt,
      nextUpdate,
      source: readOrigin(folder)?.source ?? null,
      checkedAt: pointer.checkedAt,
      ...describeAge(updatedAt, clock, kind),
    }
  } catch {
    return none(`the ${kind.name} cannot be read`)
  }
}

/**
 * Whether it is time to look for a newer database: there is none, its publisher promised a newer one by now, or nobody
 * looked for `everyHours`. Says nothing about failures: a caller whose last try failed waits by its own rule.
 */
export function isUpdateDue(
  status: DatabaseStatus,
  clock: Clock,
  options: { readonly everyHours: number },
): boolean {
  if (status.digest === null || status.checkedAt === null) return true
  const now = clock.now()
  const sinceCheck = now - status.checkedAt
  // A clock that was set back must not put updates off.
  if (sinceCheck < 0 || sinceCheck >= options.everyHours * hour) return true
  return now >= (status.nextUpdate ?? 0) && sinceCheck >= pause
}

function none(message: string): DatabaseStatus {
  return {
    digest: null,
    updatedAt: null,
    nextUpdate: null,
    source: null,
    checkedAt: null,
    stale: true,
    message,
  }
}

function spoken(age: number): string {
  if (age < hour) return 'less than an hour ago'
  const [count, unit] = age < 2 * day ? [Math.floor(age / hour), 'hour'] : [Math.floor(age / day), 'day']
  return `${count} ${unit}${count === 1 ? '' : 's'} ago`
}
