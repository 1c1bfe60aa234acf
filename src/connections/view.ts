import { type Connection, type ConnectionPatch, DEFAULT_SELECTION } from './ports.ts'
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
  row: ConnectionRow,
  patch: ConnectionPatch,
  form: (SplitSettings & { host: string; insecure: boolean }) | undefined,
  now: number,
): ConnectionValues {
  const hours = patch.scanIntervalHours === undefined ? row.scan_interval_hours : patch.scanIntervalHours
  return {
    name: patch.name ?? row.name,
    host: form?.host ?? row.host,
    insecure: form?.insecure ?? row.insecure,
    settings: form?.plain ?? row.settings,
    secretFields: form === undefined ? row.secret_fields : Object.keys(form.secrets).sort(),
    access: form === undefined ? row.access : accessOf(form.secrets),
    enabled: patch.enabled ?? row.enabled,
    engine: patch.engine ?? row.engine,
    scanIntervalHours: hours,
    nextRunAt: hours === row.scan_interval_hours ? row.next_run_at : nextRun(hours, now),
    selection: { ...DEFAULT_SELECTION, ...row.selection, ...patch.selection },
  }
}

export function accessOf(secrets: SplitSettings['secrets']): 'Public/Manual' | 'Private' {
  return Object.keys(secrets).length === 0 ? 'Public/Manual' : 'Private'
}
