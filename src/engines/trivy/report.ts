import type { CvssScores, VulnerabilityDetails } from '../../advisories/index.ts'
import { type Digest, isDigest, type Severity, severityOfRank } from '../../core/index.ts'
import type { OperatingSystem } from '../../inventory/index.ts'
import type { ForeignPackage, JudgedPackage, Verdict } from '../index.ts'
import type { Report, ReportPackage, ReportResult, ReportVulnerability } from './schema.ts'

/** What a report says, in our words. */
export interface ReportContent {
  readonly os: OperatingSystem | null
  readonly packages: readonly JudgedPackage[]
}

/** @param layers diff IDs of the image, from the base up */
export function readReport(report: Report, layers: readonly Digest[]): ReportContent {
  const os = report.Metadata?.OS
  const place = new Map(layers.map((diffId, index) => [diffId, index]))
  const ordinal = (diffId: string): number => (isDigest(diffId) ? (place.get(diffId) ?? 0) : 0)
  return {
    os: os ? { family: os.Family, release: os.Name, extended: os.extended === true } : null,
    packages: (report.Results ?? [])
      .filter((result) => result.Class === 'os-pkgs' || result.Class === 'lang-pkgs')
      .flatMap((result) => packagesOf(result, ordinal)),
  }
}

/** Titles under which Trivy gathers packages that have a file each (pkg/scanner/langpkg, PkgTargets); else the target is the file. */
const gathered = new Set(['Java', 'Node.js', 'Python', 'Ruby', 'Conda', 'Conda-pkg'])

function packagesOf(result: ReportResult, ordinal: (diffId: string) => number): JudgedPackage[] {
  const kind = result.Class === 'os-pkgs' ? 'os' : 'language'
  const list = kind === 'os' || gathered.has(result.Target) ? '' : result.Target
  const verdicts = Map.groupBy(result.Vulnerabilities ?? [], (found) =>
    keyOf(found.PkgName, found.InstalledVersion, found.PkgPath || list),
  )
  const judged = (result.Packages ?? []).map((item): JudgedPackage => {
    const foreign = toForeign(item, kind, result.Type, list)
    const key = keyOf(item.Name, spell(item.Epoch, item.Version, item.Release), foreign.path ?? '')
    const said = verdicts.get(key) ?? []
    verdicts.delete(key)
    return { foreign, layer: ordinal(item.Layer?.DiffID ?? ''), verdicts: toVerdicts(said) }
  })
  // What is said of a package that is not listed is not lost.
  for (const said of verdicts.values()) {
    const [first] = said
    if (first === undefined) continue
    const item = unlisted(first)
    judged.push({
      foreign: toForeign(item, kind, result.Type, list),
      layer: ordinal(first.Layer?.DiffID ?? ''),
      verdicts: toVerdicts(said),
    })
  }
  return judged
}

function unlisted({ PkgName, InstalledVersion, PkgPath }: ReportVulnerability): ReportPackage {
  return {
    Name: PkgName,
    Version: InstalledVersion,
    Release: '',
    Arch: '',
    SrcName: '',
    SrcVersion: '',
    SrcRelease: '',
    Licenses: [],
    FilePath: PkgPath,
  }
}

function keyOf(name: string, version: string, path: string): string {
  return JSON.stringify([name, version, path])
}

/** As Trivy writes installed versions (pkg/scanner/utils, FormatVersion). */
function spell(epoch: number | null | undefined, version: string, release: string): string {
  return `${epoch ? `${epoch}:` : ''}${version}${release === '' ? '' : `-${release}`}`
}

function toForeign(
  item: ReportPackage,
  kind: ForeignPackage['kind'],
  type: string,
  list: string,
): ForeignPackage {
  return {
    kind,
    type,
    name: item.Name,
    epoch: item.Epoch ?? 0,
    version: item.Version,
    release: item.Release,
    arch: item.Arch,
    sourceName: item.SrcName,
    sourceEpoch: item.SrcEpoch ?? 0,
    sourceVersion: item.SrcVersion,
    sourceRelease: item.SrcRelease,
    licenses: item.Licenses,
    purl: item.Identifier?.PURL ?? '',
    path: kind === 'os' ? null : item.FilePath || list,
  }
}

/** One a vulnerability, in order of their ids: a subject's identity holds them. */
function toVerdicts(said: readonly ReportVulnerability[]): Verdict[] {
  const byId = new Map(said.map((found) => [found.VulnerabilityID, found]))
  return [...byId.values()]
    .sort((left, right) => (left.VulnerabilityID < right.VulnerabilityID ? -1 : 1))
    .map((found) => ({ match: matchOf(found), details: detailsOf(found) }))
}

function matchOf(found: ReportVulnerability): Verdict['match'] {
  const source = found.DataSource
  return {
    vulnerabilityId: found.VulnerabilityID,
    severity: found.Severity,
    severitySource: found.SeveritySource,
    status: found.Status ?? (found.FixedVersion === '' ? 'affected' : 'fixed'),
    fixedVersion: found.FixedVersion,
    vendorIds: found.VendorIDs,
    dataSource: source ? { id: source.ID, name: source.Name, url: source.URL } : null,
    ownSeverity: null,
  }
}

function detailsOf(found: ReportVulnerability): VulnerabilityDetails {
  const severities = Object.entries(found.VendorSeverity ?? {}).map(([source, rank]): [string, Severity] => [
    source,
    severityOfRank(rank),
  ])
  const scores = Object.entries(found.CVSS ?? {}).map(([source, each]): [string, CvssScores] => [
    source,
    defined({
      v2Vector: each.V2Vector,
      v2Score: each.V2Score,
      v3Vector: each.V3Vector,
      v3Score: each.V3Score,
      v40Vector: each.V40Vector,
      v40Score: each.V40Score,
    }),
  ])
  return {
    id: found.VulnerabilityID,
    title: found.Title,
    description: found.Description,
    severity: found.Severity,
    vendorSeverity: Object.fromEntries(severities),
    cvss: Object.fromEntries(scores),
    cweIds: found.CweIDs,
    references: found.References,
    publishedDate: found.PublishedDate ?? null,
    lastModifiedDate: found.LastModifiedDate ?? null,
  }
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>
}
