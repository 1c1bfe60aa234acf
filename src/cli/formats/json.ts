import type { VulnerabilityDetails } from '../../advisories/index.ts'
import type { ScannedFinding } from '../../app/engine.ts'
import { countSeverities, formatPlatform } from '../../core/index.ts'
import { jsonText } from './json-text.ts'
import { primaryUrl } from './primary-url.ts'
import type { Report } from './report.ts'

/** Portolan's own JSON, described in docs/cli.md. Additions keep `formatVersion`; changes raise it. */
export function formatJson(report: Report): string {
  return jsonText(jsonReport(report))
}

function jsonReport({ name, scan, groups, databaseDigest, version }: Report): object {
  const findings = groups.flatMap((group) => group.findings.map((finding) => findingRow(finding, group.type)))
  return {
    formatVersion: 1,
    portolan: version,
    image: {
      name,
      digest: scan.digest,
      manifestDigest: scan.image.manifest.digest,
      configDigest: scan.image.manifest.config.digest,
      platform: formatPlatform(scan.image.platform),
      os: scan.inventory.os,
      layers: scan.inventory.layers,
      packages: scan.groups.reduce((sum, group) => sum + group.packages.length, 0),
    },
    database: { digest: databaseDigest(), updatedAt: new Date(scan.databaseUpdatedAt).toISOString() },
    counts: countSeverities(groups.flatMap((group) => group.findings.map(({ match }) => match.severity))),
    findings,
    notes: scan.inventory.notes,
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
