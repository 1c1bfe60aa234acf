import type { DatabaseService } from '../api/index.ts'
import { type DatabaseStatus, databaseStatus, isUpdateDue, updateDatabase } from '../advisories/index.ts'
import { type AppError, type Clock, isAppError, reasonOf, toAppError } from '../core/index.ts'
import type { ImageSource } from '../images/index.ts'

export interface DatabaseUpdatesOptions {
  /** Folder of the databases, shared with the command line. */
  readonly dir: string
  readonly references: readonly string[]
  readonly source: (reference: string) => Promise<ImageSource>
  readonly clock: Clock
  /** 0: only when asked. */
  readonly everyHours: number
  readonly log: {
    info(message: string, fields?: Readonly<Record<string, unknown>>): void
    warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  }
  /** Another database is current: fetched here, or put there by the command line. Also called once for the one found at start. */
  readonly onChanged: (status: DatabaseStatus) => Promise<void>
  /** A look has begun or ended. */
  readonly onLooked: () => void
}

export interface DatabaseUpdates extends DatabaseService {
  /** Looks whether a database has come by another way, and fetches a newer one when it is time. Called every minute. */
  tick(): Promise<void>
  /** Ends a look that is under way. */
  stop(): Promise<void>
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Keeps the vulnerability data new, and the last good one when that fails. */
export function createDatabaseUpdates(options: DatabaseUpdatesOptions): DatabaseUpdates {
  const { dir, references, source, clock, log } = options
  const stopping = new AbortController()
  let look: Promise<void> | undefined
  let failures = 0
  let lastLook: { at: number; error: AppError | null } | undefined
  let announced: string | null = null

  const announce = async (status: DatabaseStatus): Promise<void> => {
    if (status.digest === null || status.digest === announced) return
    await options.onChanged(status)
    announced = status.digest
  }
  const fetchNewer = async (): Promise<void> => {
    try {
      const { outcome, reference } = await updateDatabase({
        dir,
        references,
        source,
        clock,
        signal: stopping.signal,
      })
      failures = 0
      lastLook = { at: clock.now(), error: null }
      log.info('looked for vulnerability data', { outcome, reference })
    } catch (error) {
      if (stopping.signal.aborted) return
      failures += 1
      lastLook = { at: clock.now(), error: toAppError(error) }
      log.warn('no newer vulnerability data', { error, failures })
    }
    await announce(databaseStatus(dir, clock))
  }
  const begin = (): boolean => {
    if (look !== undefined || stopping.signal.aborted) return false
    look = fetchNewer()
      .catch((error: unknown) => log.warn('vulnerability data is not in use yet', { error }))
      .finally(() => {
        look = undefined
        options.onLooked()
      })
    options.onLooked()
    return true
  }
  const isDue = (status: DatabaseStatus): boolean => {
    if (options.everyHours === 0) return false
    // 5, 10, 20, 40 minutes, then an hour after each failure.
    const pause = Math.min(HOUR, 5 * MINUTE * 2 ** (failures - 1))
    if (failures > 0 && clock.now() - (lastLook?.at ?? 0) < pause) return false
    return isUpdateDue(status, clock, { everyHours: options.everyHours })
  }

  return {
    status: async () => present(databaseStatus(dir, clock), lastLook, look !== undefined),
    requestUpdate: begin,
    async tick() {
      const status = databaseStatus(dir, clock)
      await announce(status)
      if (isDue(status) && begin()) await look
    },
    async stop() {
      stopping.abort()
      await look
    },
  }
}

function present(
  status: DatabaseStatus,
  lastLook: { at: number; error: AppError | null } | undefined,
  updating: boolean,
): Awaited<ReturnType<DatabaseService['status']>> {
  const checkedAt = lastLook?.at ?? status.checkedAt
  return {
    digest: status.digest,
    updatedAt: time(status.updatedAt),
    nextUpdate: time(status.nextUpdate),
    source: status.source,
    stale: status.stale,
    message: status.message,
    lastCheck:
      checkedAt === null
        ? null
        : {
            at: new Date(checkedAt).toISOString(),
            error: isAppError(lastLook?.error) ? reasonOf(lastLook.error) : null,
          },
    updating,
  }
}

function time(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString()
}
