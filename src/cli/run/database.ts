import {
  databaseStatus,
  type DatabaseStatus,
  importDatabase,
  updateDatabase,
} from '../../advisories/index.ts'
import { safeText, systemClock } from '../../core/index.ts'
import type { CommandContext } from '../context.ts'
import { fetchRequest } from '../database.ts'
import { startProgress } from '../progress.ts'
import { createRemote, type RemoteOptions } from '../remote.ts'
import { loadSettings } from '../settings.ts'

export interface UpdateOptions extends RemoteOptions {
  readonly force: boolean
}

export async function runUpdate(
  reference: string | undefined,
  options: UpdateOptions,
  context: CommandContext,
): Promise<void> {
  const settings = await loadSettings(context.env)
  const remote = await createRemote(options, context)
  const progress = await startProgress(context.stderr)
  const references = reference === undefined ? settings.databaseReferences : [reference]
  try {
    const choice = { settings, clock: systemClock, remote: remote.images, progress, signal: context.signal }
    const { outcome, status, failures } = await updateDatabase({
      ...fetchRequest(choice, references),
      force: options.force,
    })
    progress.clear()
    for (const { reference: failed, error } of failures) {
      context.note(`${safeText(failed)}: ${safeText(error.publicMessage)}`)
    }
    await context.write(`${outcome === 'updated' ? 'Fetched.' : 'Nothing newer.'}\n${describe(status)}`)
  } finally {
    progress.clear()
  }
}

export async function runImport(path: string, context: CommandContext): Promise<void> {
  const { databaseDir } = await loadSettings(context.env)
  const { signal } = context
  const { outcome, status } = await importDatabase({ dir: databaseDir, path, clock: systemClock, signal })
  await context.write(`${outcome === 'updated' ? 'Imported.' : 'The same as before.'}\n${describe(status)}`)
}

export async function runStatus(format: 'text' | 'json', context: CommandContext): Promise<void> {
  const { databaseDir } = await loadSettings(context.env)
  const status = databaseStatus(databaseDir, systemClock)
  await context.write(
    format === 'json' ? `${JSON.stringify(statusRow(status), null, 2)}\n` : describe(status),
  )
}

function describe(status: DatabaseStatus): string {
  if (status.digest === null) return `${sentence(status.message)} Fetch one with "portolan db update".\n`
  const lines = [
    sentence(`Vulnerability data ${status.message}`),
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
