import type { PlatformDescription } from '../registries/index.ts'
import { type Connection, type ConnectionPatch, type ConnectionWarning, DEFAULT_SELECTION } from './ports.ts'
import type { DescribedForm } from './editing.ts'
import type { SplitSettings } from './settings.ts'
import type { ConnectionRow, ConnectionValues } from './store.ts'

const HOUR = 3_600_000

/** A connection's row as it is shown. @param platformLabel what people call its platform */
export function toView(row: ConnectionRow, platformLabel: string): Connection {
  const { settings, counts, progress, selection } = row
  return {
    id: row.id,
    name: row.name,
    platform: row.platform,
    platformLabel,
    host: row.host,
    settings,
    secretFields: row.secret_fields,
    status: row.status,
    statusReason: row.status_detail,
    warnings: warningsOf(row),
    checkedAt: row.checked_at?.toISOString() ?? null,
    access: row.access,
    enabled: row.enabled,
    insecure: row.insecure,
    engine: row.engine,
    scanIntervalHours: row.scan_interval_hours,
    nextRunAt: row.next_run_at?.toISOString() ?? null,
    selection: { ...DEFAULT_SELECTION, ...selection },
    lastDiscovery: row.last_discovery,
    progress: progress ?? scanProgress(row),
    counts,
    version: row.version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }
}

/** What a discovery has seen is newer than what a check saw of the list. */
function warningsOf({ check_warnings: checked, last_discovery: last }: ConnectionRow): ConnectionWarning[] {
  if (last === null) return [...checked]
  const others = checked.filter(({ about }) => about !== 'list')
  return last.repositories > 0 || last.incompleteBecause !== null ? others : [...others, NOTHING_FOUND]
}

const NOTHING_FOUND: ConnectionWarning = {
  about: 'discovery',
  message:
    'The last discovery found no repository: the credentials may not list them, or the registry has no images yet.',
  remedy: 'Grant the permission to list. If the registry is empty, push a test image and discover again.',
}

function scanProgress({ counts }: ConnectionRow): Connection['progress'] {
  const waiting = counts.pending + counts.scanning
  if (counts.scanning === 0) return null
  const done = counts.completed + counts.failed
  return {
    phase: 'scanning',
    done,
    total: done + waiting,
    detail: `${counts.scanning} images are being scanned`,
  }
}

/** When an interval ends that begins now. */
export function nextRun(hours: number | null, now: number): Date | null {
  return hours === null ? null : new Date(now + hours * HOUR)
}

/** A connection's values after an edit. @param form its settings, if those are edited */
export function merged(
  description: Pick<PlatformDescription, 'fields'>,
  row: ConnectionRow,
  patch: ConnectionPatch,
  form: DescribedForm | undefined,
  now: number,
): ConnectionValues {
  const hours = patch.scanIntervalHours === undefined ? row.scan_interval_hours : patch.scanIntervalHours
  return {
    name: patch.name ?? row.name,
    host: form?.host ?? row.host,
    insecure: form?.insecure ?? row.insecure,
    settings: form?.plain ?? row.settings,
    secretFields: form === undefined ? row.secret_fields : Object.keys(form.secrets).sort(),
    access: form === undefined ? row.access : accessOf(description, form.secrets),
    enabled: patch.enabled ?? row.enabled,
    engine: patch.engine ?? row.engine,
    scanIntervalHours: hours,
    nextRunAt: hours === row.scan_interval_hours ? row.next_run_at : nextRun(hours, now),
    selection: { ...DEFAULT_SELECTION, ...row.selection, ...patch.selection },
  }
}

/** Whether there are credentials for the registry; those of a proxy on the way to it do not count. */
export function accessOf(
  { fields }: Pick<PlatformDescription, 'fields'>,
  secrets: SplitSettings['secrets'],
): 'Public/Manual' | 'Private' {
  const isPrivate = fields.some(({ name, group }) => name in secrets && group !== 'transport')
  return isPrivate ? 'Private' : 'Public/Manual'
}
