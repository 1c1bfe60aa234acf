import { basename, dirname } from 'node:path'
import { stat } from 'node:fs/promises'
import {
  type AdvisoryDatabase,
  type DatabaseKind,
  databaseStatus,
  fetchDatabase,
  type FetchRequest,
  openCurrentDatabase,
  openDatabaseFolder,
  parseDatabaseReference,
  unpackDatabase,
  updateDatabase,
  type UpdateProgress,
  vulnerabilityDatabase,
} from '../advisories/index.ts'
import type { OpenRemoteImage } from '../app/engine.ts'
import { AppError, type Clock, safeText } from '../core/index.ts'
import { megabytes, type Progress } from './progress.ts'
import type { Settings } from './settings.ts'

export interface DatabaseChoice {
  readonly settings: Settings
  readonly clock: Clock
  readonly remote: OpenRemoteImage
  readonly progress: Progress
  readonly signal: AbortSignal
  /** Nothing is fetched. */
  readonly offline: boolean
  /** File, folder or reference of `--db`. */
  readonly wanted: string | undefined
}

/**
 * The database that a scan uses: the one that was named, else the current one, else one fetched now.
 * @throws AppError `database-offline` (invalid); those of opening, importing and fetching
 */
export async function chooseDatabase(choice: DatabaseChoice): Promise<AdvisoryDatabase> {
  const { settings, wanted, offline } = choice
  if (wanted !== undefined) return openWanted(wanted, choice)
  const { digest } = databaseStatus(settings.databaseDir, choice.clock)
  if (digest === null) {
    if (offline)
      throw offlineError('There is no vulnerability database yet, and --offline forbids fetching one.')
    await updateDatabase(fetchRequest(choice, settings.databaseReferences))
  }
  return openCurrentDatabase(settings.databaseDir)
}

/** The database of a scan: chosen when it is first asked for, because another engine may need none. */
export class ScanDatabase {
  readonly #choice: DatabaseChoice
  #opening: Promise<AdvisoryDatabase> | undefined
  /** Once it was asked for. */
  opened: AdvisoryDatabase | undefined

  constructor(choice: DatabaseChoice) {
    this.#choice = choice
  }

  /** @throws as `chooseDatabase` */
  open(): Promise<AdvisoryDatabase> {
    this.#opening ??= chooseDatabase(this.#choice).then((database) => (this.opened = database))
    return this.#opening
  }

  close(): void {
    this.opened?.close()
  }
}

/** How to fetch a database and show how far it is. */
export function fetchRequest(
  choice: Pick<DatabaseChoice, 'settings' | 'clock' | 'remote' | 'progress' | 'signal'>,
  references: readonly string[],
  kind = vulnerabilityDatabase,
): FetchRequest {
  const { settings, clock, remote, progress, signal } = choice
  return {
    kind,
    dir: databaseDirOf(settings, kind),
    references,
    source: (reference) => remote(parseDatabaseReference(reference, kind), signal),
    clock,
    signal,
    onProgress: (done) => progress.show(describeProgress(kind, done)),
  }
}

/** Folder of the databases of a kind. */
export function databaseDirOf(
  settings: Pick<Settings, 'databaseDir' | 'javaDatabaseDir'>,
  kind: DatabaseKind,
): string {
  return kind === vulnerabilityDatabase ? settings.databaseDir : settings.javaDatabaseDir
}

async function openWanted(wanted: string, choice: DatabaseChoice): Promise<AdvisoryDatabase> {
  const found = await stat(wanted).catch(() => undefined)
  if (found?.isDirectory()) return openDatabaseFolder(wanted)
  if (found !== undefined && basename(wanted) === 'trivy.db') return openDatabaseFolder(dirname(wanted))
  const { databaseDir } = choice.settings
  if (found !== undefined || looksLikePath(wanted)) {
    const { folder } = await unpackDatabase({ dir: databaseDir, path: wanted, signal: choice.signal })
    return openDatabaseFolder(folder)
  }
  if (choice.offline) throw offlineError(`--offline forbids fetching the database ${safeText(wanted, 200)}.`)
  const { folder } = await fetchDatabase(fetchRequest(choice, [wanted]))
  return openDatabaseFolder(folder)
}

/** Not a reference that someone forgot to type whole, but a file that is not there. */
export function looksLikePath(text: string): boolean {
  return /^(?:[./~]|[A-Za-z]:\\)/.test(text) || /\.(?:tar|t?gz|db)$/.test(text)
}

function describeProgress(
  { name }: DatabaseKind,
  { reference, bytesDone, bytesTotal }: UpdateProgress,
): string {
  return `Fetching the ${name} from ${safeText(reference, 100)}: ${megabytes(bytesDone)} of ${megabytes(bytesTotal)}`
}

function offlineError(publicMessage: string): AppError {
  return new AppError({
    code: 'database-offline',
    kind: 'invalid',
    publicMessage,
    remedy:
      'Run "portolan db update" where the network can be reached, or "portolan db import FILE" with a file from there.',
  })
}
