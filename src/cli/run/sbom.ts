import { applyVex, scanSbom, type StatedNames } from '../../app/documents.ts'
import type { ScannedFinding } from '../../app/engine.ts'
import { parsePackageUrl, systemClock, versionWithEpoch } from '../../core/index.ts'
import { readSbom, SBOM_LIMITS, type SbomDocument, type SbomPackage } from '../../sbom/index.ts'
import type { CommandContext } from '../context.ts'
import { chooseDatabase } from '../database.ts'
import { startProgress } from '../progress.ts'
import { createRemote, type RemoteOptions } from '../remote.ts'
import { loadSettings } from '../settings.ts'
import { named, readDocument, readVexFiles } from './documents.ts'
import { type ReportOptions, writeReport } from './write-report.ts'

export interface SbomOptions extends ReportOptions, Pick<RemoteOptions, 'insecure'> {
  readonly vex: readonly string[]
  readonly db?: string
  readonly offline: boolean
}

/** What is known to be wrong with what an SBOM names. @returns the exit code */
export async function runSbom(file: string, options: SbomOptions, context: CommandContext): Promise<number> {
  const { signal } = context
  const document = await readSbomFile(file, context)
  const sources = await readVexFiles(options.vex, context)
  const settings = await loadSettings(context.env)
  const remote = await createRemote({ insecure: options.insecure, passwordStdin: false }, context)
  const progress = await startProgress(context.stderr)
  try {
    const database = await chooseDatabase({
      settings,
      clock: systemClock,
      remote: remote.data,
      progress,
      signal,
      offline: options.offline,
      wanted: options.db,
    })
    try {
      const scan = scanSbom(document, database)
      progress.clear()
      const { id, version, subject } = document
      const about = {
        purls: subject?.purl ? [subject.purl] : [],
        sbom: id === null ? null : { serialNumber: id, version },
      }
      const { groups, suppressed } = applyVex(scan.groups, sources, about, statedNames(document))
      const reported = {
        name: file,
        scan,
        groups,
        suppressed,
        image: null,
        sbom: document,
        remote: undefined,
        comparisons: [],
      }
      return await writeReport(reported, database, options, context)
    } finally {
      database.close()
    }
  } finally {
    progress.clear()
  }
}

/** @throws AppError as `readDocument`; `sbom-unreadable`, `sbom-too-large` (invalid) */
export async function readSbomFile(file: string, context: CommandContext): Promise<SbomDocument> {
  const bytes = await readDocument(file, SBOM_LIMITS.bytes, context)
  try {
    return readSbom(bytes)
  } catch (error) {
    throw named(error, file)
  }
}

/** What the document calls a finding's package: statements may name it so. */
function statedNames({ packages }: SbomDocument): (finding: ScannedFinding) => StatedNames {
  const stated = new Map(
    packages.map((item) => [keyOf(item, item.path), { ref: item.ref, statedPurl: item.purl }]),
  )
  return ({ package: item, path }) => stated.get(keyOf(item, path)) ?? { ref: null }
}

function keyOf(item: Pick<SbomPackage, 'purl' | 'name' | 'version'>, path: string | null): string {
  const purl = parsePackageUrl(item.purl)
  const version = purl === undefined ? '' : versionWithEpoch(purl)
  return [purl?.type, item.name, version || item.version, path].join('\0')
}
