import { join } from 'node:path'
import {
  AppError,
  type Clock,
  type Digest,
  formatImageReference,
  isRetryable,
  manifestReference,
  toAppError,
} from '../core/index.ts'
import type { ImageSource } from '../images/index.ts'
import { databaseLayer, parseDatabaseReference } from './artifact.ts'
import { databaseFolder, isWhole, point, readPointer, stage } from './folder.ts'
import { type DatabaseKind, vulnerabilityDatabase } from './kind.ts'
import { readMetadata } from './open.ts'
import { type DatabaseStatus, databaseStatus } from './status.ts'
import { unpackLayer } from './unpack.ts'

export interface UpdateProgress {
  /** Which of the references is being asked. */
  readonly reference: string
  readonly bytesDone: number
  readonly bytesTotal: number
}

export interface FetchRequest {
  /** The vulnerability database unless stated. */
  readonly kind?: DatabaseKind
  /** The folder of databases, made if absent. */
  readonly dir: string
  /** Asked in order until one gives a database. */
  readonly references: readonly string[]
  /** Opens the repository that a reference names; closed after use. */
  readonly source: (reference: string) => Promise<ImageSource>
  readonly clock: Clock
  /** Fetch even what is there already: mends a damaged file. */
  readonly force?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: UpdateProgress) => void
}

export interface FetchedDatabase {
  readonly folder: string
  readonly digest: Digest
  /** The reference that gave it, with its tag. */
  readonly reference: string
  /** False when its folder was there already. */
  readonly isNew: boolean
  /** References that came before and gave none. */
  readonly failures: readonly ReferenceFailure[]
}

export interface ReferenceFailure {
  readonly reference: string
  readonly error: AppError
}

export interface UpdateResult {
  /** `unchanged`: the newest database there is was current already. */
  readonly outcome: 'updated' | 'unchanged'
  readonly status: DatabaseStatus
  readonly reference: string
  readonly failures: readonly ReferenceFailure[]
}

/**
 * Looks for a newer database and makes it current. The last good one stays current whatever fails.
 * @throws AppError `database-unavailable` naming each reference's cause, or `cancelled`
 */
export async function updateDatabase(request: FetchRequest): Promise<UpdateResult> {
  const before = readPointer(request.dir)?.current
  const fetched = await fetchDatabase(request)
  await point(request.dir, fetched.digest, request.clock)
  return {
    outcome: fetched.digest === before && !fetched.isNew ? 'unchanged' : 'updated',
    status: databaseStatus(request.dir, request.clock, request.kind),
    reference: fetched.reference,
    failures: fetched.failures,
  }
}

/** Fetches a database without making it current. @throws as `updateDatabase` */
export async function fetchDatabase(request: FetchRequest): Promise<FetchedDatabase> {
  const failures: ReferenceFailure[] = []
  for (const text of request.references) {
    try {
      return { ...(await fetchFrom(text, request)), failures }
    } catch (error) {
      request.signal?.throwIfAborted()
      failures.push({ reference: text, error: toAppError(error) })
    }
  }
  throw unavailable(failures, request.kind ?? vulnerabilityDatabase)
}

async function fetchFrom(text: string, request: FetchRequest): Promise<Omit<FetchedDatabase, 'failures'>> {
  const { kind = vulnerabilityDatabase } = request
  const parsed = parseDatabaseReference(text, kind)
  const reference = formatImageReference(parsed)
  const source = await request.source(reference)
  try {
    const layer = databaseLayer(await source.manifest(manifestReference(parsed), request.signal), kind)
    const folder = databaseFolder(request.dir, layer.digest)
    if (request.force !== true && (await isWhole(folder, kind))) {
      return { folder, digest: layer.digest, reference, isNew: false }
    }
    await stage(
      request.dir,
      kind,
      async (work) => {
        const digest = await unpackLayer({
          layer: await source.blob(layer, request.signal),
          kind,
          folder: work,
          size: layer.size,
          signal: request.signal,
          onBytes: (bytesDone) => request.onProgress?.({ reference, bytesDone, bytesTotal: layer.size }),
        })
        if (digest !== layer.digest) throw digestMismatch(kind)
        await checkFolder(work, kind)
        return { digest, source: reference }
      },
      request.force === true,
    )
    return { folder, digest: layer.digest, reference, isNew: true }
  } finally {
    await source.close?.()
  }
}

/** Refuses a database that could not be used. @throws AppError of `openDatabaseFolder` */
export async function checkFolder(folder: string, kind: DatabaseKind): Promise<void> {
  readMetadata(folder, kind)
  await kind.check(join(folder, kind.fileName))
}

function digestMismatch({ name }: DatabaseKind): AppError {
  return new AppError({
    code: 'database-digest-mismatch',
    kind: 'invalid',
    publicMessage: `The ${name} that was sent is not the one that its manifest names: the digests differ.`,
    remedy: 'Try again; if it stays so, the registry or a proxy before it changes content.',
  })
}

function unavailable(failures: readonly ReferenceFailure[], { name, variable }: DatabaseKind): AppError {
  const causes = failures.map(({ reference, error }) => `${reference}: ${error.publicMessage}`)
  const [only] = failures
  const retryable = failures.some(({ error }) => isRetryable(error))
  return new AppError({
    code: 'database-unavailable',
    kind: retryable ? 'temporary' : (only?.error.kind ?? 'invalid'),
    publicMessage:
      only === undefined
        ? `No reference to a ${name} is set.`
        : `No ${name} could be fetched. ${causes.join(' ')}`,
    remedy:
      failures.length === 1 && only?.error.remedy !== undefined
        ? only.error.remedy
        : `Check the network and ${variable}, or import a file with "portolan db import FILE".`,
    cause: new AggregateError(failures.map(({ error }) => error)),
  })
}
