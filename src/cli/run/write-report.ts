import { type AdvisoryDatabase, describeAge } from '../../advisories/index.ts'
import type { InventoryScan } from '../../app/engine.ts'
import { type Severity, systemClock } from '../../core/index.ts'
import { isPastEndOfLife } from '../../inventory/index.ts'
import type { CommandContext } from '../context.ts'
import { type Format, formatReport } from '../formats/index.ts'
import { countFindings, filterFindings, isWanted, type Report } from '../formats/report.ts'
import { VERSION } from '../version.ts'

export interface ReportOptions {
  readonly format: Format
  readonly severity: ReadonlySet<Severity>
  readonly ignoreUnfixed: boolean
  readonly exitCode: number
  readonly showSuppressed: boolean
}

export type Reported = Omit<
  Report,
  'databaseAge' | 'eosl' | 'databaseDigest' | 'version' | 'showSuppressed'
> & { readonly scan: InventoryScan }

/**
 * Writes what was found, filtered as the user asked. What statements took off the list counts for no exit code.
 *
 * @param database undefined: another engine scanned, with data of its own
 * @returns the exit code
 */
export async function writeReport(
  reported: Reported,
  database: AdvisoryDatabase | undefined,
  options: ReportOptions,
  context: CommandContext,
): Promise<number> {
  const age = ageOf(reported.scan)
  if (age.stale) context.note(`Vulnerability data ${age.message}.`)
  const { severity: severities, ignoreUnfixed, format, exitCode, showSuppressed } = options
  const filter = { severities, ignoreUnfixed }
  const groups = filterFindings(reported.groups, filter)
  const report: Report = {
    ...reported,
    groups,
    suppressed: reported.suppressed.filter(({ finding }) => isWanted(finding, filter)),
    showSuppressed,
    databaseAge: age.message,
    eosl: isPastEndOfLife(reported.scan.inventory.os, systemClock.now()),
    databaseDigest: () => (wasUsed(database, reported.scan) ? database.digest : null),
    version: VERSION,
  }
  // What could not be read is a part of the other formats; here nobody would know that the list may be short.
  if (format === 'trivy' || format === 'sarif')
    for (const each of reported.scan.inventory.notes) context.note(each)
  await context.write(formatReport(format, report, context.style))
  return countFindings(groups) > 0 ? exitCode : 0
}

/** Another engine may use data of its own, and need not say how old that is. */
function ageOf({ databaseUpdatedAt }: InventoryScan): { readonly message: string; readonly stale: boolean } {
  if (databaseUpdatedAt === null) return { message: 'of an age that the engine does not tell', stale: false }
  return describeAge(databaseUpdatedAt, systemClock)
}

function wasUsed(
  database: AdvisoryDatabase | undefined,
  { databaseUpdatedAt }: InventoryScan,
): database is AdvisoryDatabase {
  return database !== undefined && database.updatedAt === databaseUpdatedAt
}
