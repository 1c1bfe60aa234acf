import type { AdvisoryDatabase } from '../advisories/index.ts'
import { countSeverities, type Digest, parsePlatform, severityRank } from '../core/index.ts'
import type { DocumentTools, SbomFindingsView, StoredImage } from '../documents/index.ts'
import type { SbomDocument } from '../sbom/index.ts'
import { imageContents, imagePurl, scanSbomInSlices } from './documents.ts'

const MOST_FINDINGS = 1_000

/** Documents whose findings are kept, as long as the vulnerability data is in use. */
const MOST_KEPT = 50

/** How the server's documents see ecosystems and the vulnerability data in use. */
export function createDocumentTools(database: () => AdvisoryDatabase | undefined): DocumentTools {
  const scans = new WeakMap<AdvisoryDatabase, Latest<SbomFindingsView>>()
  return {
    scan(id, read) {
      const inUse = database()
      if (inUse === undefined) return undefined
      const known = scans.get(inUse) ?? new Latest(MOST_KEPT)
      scans.set(inUse, known)
      return known.get(id, () => findingsOf(read(), inUse))
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

async function findingsOf(document: SbomDocument, database: AdvisoryDatabase): Promise<SbomFindingsView> {
  const { groups, inventory } = await scanSbomInSlices(document, database)
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

/** What was asked for last stays; what is asked for twice at a time is made once. Failures are not kept. */
class Latest<T> {
  readonly #most: number
  readonly #kept = new Map<string, Promise<T>>()

  constructor(most: number) {
    this.#most = most
  }

  async get(id: string, make: () => Promise<T>): Promise<T> {
    const made = this.#kept.get(id) ?? make()
    this.#kept.delete(id)
    this.#kept.set(id, made)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#most) break
      this.#kept.delete(oldest)
    }
    try {
      return await made
    } catch (error) {
      if (this.#kept.get(id) === made) this.#kept.delete(id)
      throw error
    }
  }
}
