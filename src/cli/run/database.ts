import {
  type DatabaseKind,
  databaseStatus,
  type DatabaseStatus,
  importDatabase,
  recogniseDatabase,
  updateDatabase,
  type UpdateResult,
  vulnerabilityDatabase,
} from '../../advisories/index.ts'
import { AppError, isAppError, safeText, systemClock } from '../../core/index.ts'
import { javaDatabase } from '../../java-names/index.ts'
import type { CommandContext } from '../context.ts'
import { databaseDirOf, fetchRequest } from '../database.ts'
import { startProgress } from '../progress.ts'
import { createRemote, type RemoteOptions } from '../remote.ts'
import { loadSettings, type Settings } from '../settings.ts'

export interface UpdateOptions extends RemoteOptions {
  readonly force: boolean
}

const kinds = [vulnerabilityDatabase, javaDatabase]

/** Both databases, or the one that a reference names. Without the Java database scans go on: that it fails is a note. */
export async function runUpdate(
  reference: string | undefined,
  options: UpdateOptions,
  context: CommandContext,
): Promise<void> {
  const settings = await loadSettings(context.env)
  const remote = await createRemote(options, context)
  const progress = await startProgress(context.stderr)
  const choice = { settings, clock: systemClock, remote: remote.images, progress, signal: context.signal }
  const update = async (kind: DatabaseKind, references: readonly string[]): Promise<void> => {
    const result = await updateDatabase({
      ...fetchRequest(choice, references, kind),
      force: options.force,
    })
    progress.clear()
    await writeResult(result, kind, context)
  }
  try {
    if (reference !== undefined) return await updateFrom(reference, update)
    await update(vulnerabilityDatabase, settings.databaseReferences)
    if (settings.javaDatabaseReferences.length === 0) return
    await update(javaDatabase, settings.javaDatabaseReferences).catch((error: unknown) => {
      if (!isAppError(error) || error.kind === 'cancelled') throw error
      progress.clear()
      context.note(error.publicMessage)
    })
  } finally {
    progress.clear()
  }
}

/** The kind is what the artifact says; without a tag the reference means the kind's own. */
async function updateFrom(
  reference: string,
  update: (kind: DatabaseKind, references: readonly string[]) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = []
  for (const kind of kinds) {
    try {
      return await update(kind, [reference])
    } catch (error) {
      if (!isOtherKind(error)) throw error
      failures.push(error)
    }
  }
  throw failures[0]
}

/** Nothing is there for this kind, or what is there is no database of it. */
function isOtherKind(error: unknown): boolean {
  if (!(error instanceof AppError) || error.code !== 'database-unavailable') return false
  const causes: readonly unknown[] = error.cause instanceof AggregateError ? error.cause.errors : []
  return causes.every(
    (cause) =>
      cause instanceof AppError && (cause.code === 'database-artifact-invalid' || cause.kind === 'not-found'),
  )
}

async function writeResult(
  { outcome, status, failures }: UpdateResult,
  kind: DatabaseKind,
  context: CommandContext,
): Promise<void> {
  for (const { reference, error } of failures) {
    context.note(`${safeText(reference)}: ${safeText(error.publicMessage)}`)
  }
  await context.write(`${outcome === 'updated' ? 'Fetched.' : 'Nothing newer.'}\n${describe(status, kind)}`)
}

/** Which database it is shows in the file. */
export async function runImport(path: string, context: CommandContext): Promise<void> {
  const settings = await loadSettings(context.env)
  const kind = (await recogniseDatabase(path, kinds)) ?? vulnerabilityDatabase
  const { outcome, status } = await importDatabase({
    kind,
    dir: databaseDirOf(settings, kind),
    path,
    clock: systemClock,
    signal: context.signal,
  })
  await context.write(
    `${outcome === 'updated' ? 'Imported.' : 'The same as before.'}\n${describe(status, kind)}`,
  )
}

export async function runStatus(format: 'text' | 'json', context: CommandContext): Promise<void> {
  const settings = await loadSettings(context.env)
  const status = statusOf(settings, vulnerabilityDatabase)
  const java = statusOf(settings, javaDatabase)
  await context.write(
    format === 'json'
      ? `${JSON.stringify({ ...statusRow(status), java: statusRow(java) }, null, 2)}\n`
      : `${describe(status, vulnerabilityDatabase)}\n${describe(java, javaDatabase)}`,
  )
}

function statusOf(settings: Settings, kind: DatabaseKind): DatabaseStatus {
  return databaseStatus(databaseDirOf(settings, kind), systemClock, kind)
}

function describe(status: DatabaseStatus, kind: DatabaseKind): string {
  if (status.digest === null) return `${sentence(status.message)} Fetch one with "portolan db update".\n`
  const title = kind === vulnerabilityDatabase ? 'Vulnerability data' : kind.name
  const lines = [
    sentence(`${title} ${status.message}`),
    `From:        ${safeText(status.source ?? 'unknown')}`,
    `Digest:      ${status.digest}`,
    `Updated:     ${time(status.updatedAt)}`,
    `Next update: ${time(status.nextUpdate)}`,
  ]
  return `${lines.join('\n')}\n`
}

function statusRow(status: DatabaseStatus): object {
  const { digest, source, stale, message } = status
  return {
    digest,
    source,
    updatedAt: time(status.updatedAt),
    nextUpdate: time(status.nextUpdate),
    checkedAt: time(status.checkedAt),
    stale,
    message,
  }
}

function time(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString()
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}
