import type { VulnerabilityDetails } from '../../advisories/index.ts'
import type { ScannedFinding } from '../../app/engine.ts'
import { BUILT_IN_ENGINE, countSeverities, formatPlatform } from '../../core/index.ts'
import { jsonText } from './json-text.ts'
import { primaryUrl } from './primary-url.ts'
import type { Report } from './report.ts'

/** Portolan's own JSON, described in docs/cli.md. Additions keep `formatVersion`; changes raise it. */
export function formatJson(report: Report): string {
  return jsonText(jsonReport(report))
}

function jsonReport(report: Report): object {
  const { name, scan, image, sbom, groups, databaseDigest, version } = report
  const findings = groups.flatMap((group) => group.findings.map((finding) => findingRow(finding, group.type)))
  return {
    formatVersion: 1,
    portolan: version,
    ...(image === null ? {} : { image: { name, ...imageFields(image), ...contentFields(report) } }),
    ...(sbom === null ? {} : { sbom: { name, ...sbomFields(sbom), ...contentFields(report) } }),
    engine: { id: scan.engine?.id ?? BUILT_IN_ENGINE, version: scan.engine?.version ?? version },
    database: { digest: databaseDigest(), updatedAt: time(scan.databaseUpdatedAt) },
    counts: countSeverities(groups.flatMap((group) => group.findings.map(({ match }) => match.severity))),
    findings,
    suppressed: report.suppressed.map(({ group, finding, verdict }) => ({
      ...findingRow(finding, group.type),
      vex: verdict,
    })),
    comparisons: report.comparisons,
    notes: scan.inventory.notes,
  }
}

function time(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString()
}

function imageFields({ digest, image }: NonNullable<Report['image']>): object {
  return {
    digest,
    manifestDigest: image.manifest.digest,
    configDigest: image.manifest.config.digest,
    platform: formatPlatform(image.platform),
  }
}

function sbomFields({ format, specVersion, id }: NonNullable<Report['sbom']>): object {
  return { format, specVersion, id }
}

function contentFields({ scan, eosl }: Report): object {
  const { os } = scan.inventory
  return {
    os: os === null ? null : { ...os, eosl },
    layers: scan.inventory.layers,
    packages: scan.groups.reduce((sum, group) => sum + group.packages.length, 0),
  }
}

const unknownDetails = {
  title: null,
  description: null,
  cvss: {},
  cweIds: [],
  references: [],
  publishedDate: null,
  lastModifiedDate: null,
}

function detailFields(details: VulnerabilityDetails): object {
  const { title, description, cvss, cweIds, references, publishedDate, lastModifiedDate } = details
  return {
    title: title || null,
    description: description || null,
    cvss,
    cweIds,
    references,
    publishedDate,
    lastModifiedDate,
  }
}

function findingRow(finding: ScannedFinding, type: string): object {
  const { match, details, package: item, path, layer } = finding
  return {
    vulnerability: match.vulnerabilityId,
    severity: match.severity,
    severitySource: match.severitySource || null,
    package: item.name,
    installedVersion: item.version,
    fixedVersion: match.fixedVersion || null,
    status: match.status,
    type,
    purl: item.purl,
    path,
    layer,
    vendorIds: match.vendorIds,
    source: match.dataSource,
    url: primaryUrl(finding) ?? null,
    ...(details === null ? unknownDetails : detailFields(details)),
  }
}
