import type { AdvisoryDatabase } from '../advisories/index.ts'
import { countSeverities, type Digest, parsePlatform, severityRank } from '../core/index.ts'
import type { DocumentTools, SbomFindingsView, StoredImage } from '../documents/index.ts'
import type { SbomDocument } from '../sbom/index.ts'
import { imageContents, imagePurl, scanSbom } from './documents.ts'

const MOST_FINDINGS = 1_000

/** How the server's documents see ecosystems and the vulnerability data in use. */
export function createDocumentTools(database: () => AdvisoryDatabase | undefined): DocumentTools {
  return {
    scan(document) {
      const inUse = database()
      return inUse === undefined ? undefined : findingsOf(document, inUse)
    },
    contents: (image) =>
      imageContents({
        name: `${image.host}/${image.repository}${image.tag === undefined ? `@${image.digest}` : `:${image.tag}`}`,
        remote: {
          registry: image.host,
          repository: image.repository,
          ...(image.tag === undefined ? {} : { tag: image.tag }),
        },
        digest: image.digest as Digest,
        manifestDigest: image.manifestDigest as Digest,
        configDigest: null,
        labels: {},
        architecture: architectureOf(image.platform),
        inventory: image.inventory,
      }),
    purls: ({ host, repository, digest, manifestDigest, platform }) =>
      [...new Set([digest, manifestDigest])].map((each) =>
        imagePurl({ registry: host, repository }, each as Digest, architectureOf(platform)),
      ),
  }
}

function architectureOf(platform: StoredImage['platform']): string {
  return platform === '' ? '' : parsePlatform(platform).architecture
}

function findingsOf(document: SbomDocument, database: AdvisoryDatabase): SbomFindingsView {
  const { groups, inventory } = scanSbom(document, database)
  const findings = groups
    .flatMap((group) => group.findings)
    .toSorted((left, right) => severityRank(right.match.severity) - severityRank(left.match.severity))
  const cut = findings.length - MOST_FINDINGS
  return {
    counts: countSeverities(findings.map(({ match }) => match.severity)),
    packages: groups.reduce((sum, group) => sum + group.packages.length, 0),
    items: findings.slice(0, MOST_FINDINGS).map(({ match, details, package: item, path }) => ({
      vulnerabilityId: match.vulnerabilityId,
      severity: match.severity,
      title: details?.title ?? '',
      packageName: item.name,
      installedVersion: item.version,
      fixedVersion: match.fixedVersion,
      status: match.status,
      path,
      purl: item.purl,
    })),
    notes: [...inventory.notes, ...(cut > 0 ? [`${cut} more findings are not listed.`] : [])],
    asOf: new Date(database.updatedAt).toISOString(),
  }
}
