import {
  type DatabaseKind,
  type DatabaseStatus,
  databaseStatus,
  isUpdateDue,
  updateDatabase,
  vulnerabilityDatabase,
} from '../advisories/index.ts'
import { type AppError, type Clock, isAppError, reasonOf, toAppError } from '../core/index.ts'
import type { DatabaseState } from '../contract/index.ts'
import type { ImageSource } from '../images/index.ts'

export interface DatabaseUpdatesOptions {
  /** The vulnerability database unless stated. */
  readonly kind?: DatabaseKind
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
  readonly onChanged: (status: DatabaseStatus, signal: AbortSignal) => Promise<void>
  /** A look has begun or ended. */
  readonly onLooked: () => void
}

export interface DatabaseUpdates {
  status(): DatabaseState
  /** Looks for a newer one now. @returns false when a look is under way already, or no place is known to look at */
  requestUpdate(): boolean
  /** Looks whether a database has come by another way, and fetches a newer one when it is time. Called every minute. */
  tick(): Promise<void>
  /** Ends a look that is under way. */
  stop(): Promise<void>
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

interface Look {
  readonly at: number
  readonly error: AppError | null
}

/** Keeps a database new, and the last good one when that fails. */
export function createDatabaseUpdates(options: DatabaseUpdatesOptions): DatabaseUpdates {
  return new Updates(options)
}

class Updates implements DatabaseUpdates {
  readonly #options: DatabaseUpdatesOptions
  readonly #stopping = new AbortController()
  #look: Promise<void> | undefined
  #lastLook: Look | undefined
  #failures = 0
  /** Digest of the database that is in use. */
  #announced: string | null = null

  constructor(options: DatabaseUpdatesOptions) {
    this.#options = options
  }

  status(): DatabaseState {
    return present(this.#status(), this.#lastLook, this.#look !== undefined)
  }

  requestUpdate(): boolean {
    const { onLooked, references } = this.#options
    if (this.#look !== undefined || this.#stopping.signal.aborted || references.length === 0) return false
    this.#look = this.#fetchNewer()
      .catch((error: unknown) => this.#notInUse(error))
      .finally(() => {
        this.#look = undefined
        onLooked()
      })
    onLooked()
    return true
  }

  async tick(): Promise<void> {
    const status = this.#status()
    await this.#announce(status).catch((error: unknown) => this.#notInUse(error))
    if (this.#isDue(status) && this.requestUpdate()) await this.#look
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#look
  }

  get #name(): string {
    return (this.#options.kind ?? vulnerabilityDatabase).name
  }

  #status(): DatabaseStatus {
    return databaseStatus(this.#options.dir, this.#options.clock, this.#options.kind)
  }

  async #announce(status: DatabaseStatus): Promise<void> {
    if (status.digest === null || status.digest === this.#announced) return
    await this.#options.onChanged(status, this.#stopping.signal)
    this.#announced = status.digest
  }

  /** It is offered again at the next tick. */
  #notInUse(error: unknown): void {
    if (this.#stopping.signal.aborted) return
    this.#options.log.warn(`${this.#name} is not in use yet`, { error })
  }

  async #fetchNewer(): Promise<void> {
    const { clock, log } = this.#options
    const { signal } = this.#stopping
    try {
      const { outcome, reference } = await updateDatabase({ ...this.#options, signal })
      this.#failures = 0
      this.#lastLook = { at: clock.now(), error: null }
      log.info(`looked for a newer ${this.#name}`, { outcome, reference })
    } catch (error) {
      if (signal.aborted) return
      this.#failures += 1
      this.#lastLook = { at: clock.now(), error: toAppError(error) }
      log.warn(`no newer ${this.#name}`, { error, failures: this.#failures })
    }
    await this.#announce(this.#status())
  }

  #isDue(status: DatabaseStatus): boolean {
    const { clock, everyHours } = this.#options
    if (everyHours === 0) return false
    // 5, 10, 20, 40 minutes, then an hour after each failure.
    const pause = this.#failures === 0 ? 0 : Math.min(HOUR, 5 * MINUTE * 2 ** (this.#failures - 1))
    if (clock.now() - (this.#lastLook?.at ?? 0) < pause) return false
    return isUpdateDue(status, clock, { everyHours })
  }
}

function present(status: DatabaseStatus, lastLook: Look | undefined, updating: boolean): DatabaseState {
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
