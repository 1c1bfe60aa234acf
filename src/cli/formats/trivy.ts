import {
  type ScannedFinding,
  type ScannedGroup,
  type ScannedPackage,
  type SuppressedFinding,
  versionParts,
} from '../../app/engine.ts'
import type { VulnerabilityDetails } from '../../advisories/index.ts'
import type { Digest, ImageReference } from '../../core/index.ts'
import type { LayerAttribution, Package } from '../../inventory/index.ts'
import { jsonText } from './json-text.ts'
import { primaryUrl } from './primary-url.ts'
import type { Report } from './report.ts'

/**
 * Trivy's JSON report, SchemaVersion 2 (pkg/types/report.go), so that every tool that reads Trivy reads Portolan.
 * Fields without a value are left out, as Trivy leaves them out.
 */
export function formatTrivy(report: Report): string {
  return jsonText(trivyReport(report))
}

function trivyReport(report: Report): object {
  const { name, scan, image, sbom, groups, eosl } = report
  const { os } = scan.inventory
  const suppressed = report.showSuppressed ? report.suppressed : []
  return {
    SchemaVersion: 2,
    ArtifactName: name,
    ArtifactType: sbom === null ? 'container_image' : sbom.format,
    Metadata: {
      OS: os === null ? undefined : { Family: os.family, Name: os.release, EOSL: eosl || undefined },
      ...(image === null ? {} : imageFields(report, image)),
    },
    Results: groups.map((group) => result(name, group, suppressed)),
  }
}

function imageFields(
  { scan, remote, config }: Report,
  { digest, image }: NonNullable<Report['image']>,
): object {
  return {
    ImageID: image.manifest.config.digest,
    DiffIDs: scan.inventory.layers.map((layer) => layer.diffId),
    ...(remote === undefined ? {} : repositoryFields(remote, digest)),
    ImageConfig: config,
  }
}

/** As Trivy writes names: Docker Hub's host and `library/` are left out. */
function repositoryFields({ registry, repository, tag }: ImageReference, digest: Digest): object {
  const isHub = registry === 'docker.io'
  const name = isHub ? repository.replace(/^library\//, '') : `${registry}/${repository}`
  return { RepoTags: tag === undefined ? undefined : [`${name}:${tag}`], RepoDigests: [`${name}@${digest}`] }
}

function result(name: string, group: ScannedGroup, suppressed: readonly SuppressedFinding[]): object {
  const modified = suppressed.filter(
    (each) => each.group.type === group.type && each.group.title === group.title,
  )
  return {
    Target: group.kind === 'os' ? `${name} (${group.title})` : group.title,
    Class: group.kind === 'os' ? 'os-pkgs' : 'lang-pkgs',
    Type: group.type,
    Packages: group.packages.map((item) => packageRow(item, group.title)),
    Vulnerabilities: filled(group.findings.map((finding) => vulnerabilityRow(finding, group.title))),
    ExperimentalModifiedFindings: filled(modified.map((each) => modifiedRow(each, group.title))),
  }
}

/** As Trivy has them since 0.50 (pkg/types/finding.go). */
function modifiedRow({ finding, verdict }: SuppressedFinding, target: string): object {
  return {
    Type: 'vulnerability',
    Status: verdict.status,
    Statement: verdict.justification || verdict.impact || undefined,
    Source: verdict.source,
    Finding: vulnerabilityRow(finding, target),
  }
}

/** @param target a path that is the target is not said again */
function packageRow({ package: item, path, layer }: ScannedPackage, target: string): object {
  return {
    ID: `${item.name}@${item.version}`,
    Name: item.name,
    Identifier: { PURL: item.purl },
    ...versionFields('', item.ecosystem, item.version),
    Arch: item.arch ?? undefined,
    ...sourceFields(item),
    Licenses: filled(item.licenses),
    Layer: layerRow(layer),
    FilePath: path === target ? undefined : (path ?? undefined),
  }
}

function sourceFields({ ecosystem, sourceName, sourceVersion }: Package): object {
  if (sourceName === null) return {}
  return { SrcName: sourceName, ...versionFields('Src', ecosystem, sourceVersion ?? '') }
}

function versionFields(prefix: '' | 'Src', ecosystem: string, version: string): object {
  const { epoch, upstream, revision } = versionParts(ecosystem, version)
  return {
    [`${prefix}Version`]: upstream || undefined,
    [`${prefix}Release`]: revision || undefined,
    [`${prefix}Epoch`]: epoch || undefined,
  }
}

function vulnerabilityRow(finding: ScannedFinding, target: string): object {
  const { match, details, package: item, path, layer } = finding
  return {
    VulnerabilityID: match.vulnerabilityId,
    VendorIDs: filled(match.vendorIds),
    PkgID: `${item.name}@${item.version}`,
    PkgName: item.name,
    PkgPath: path === target ? undefined : (path ?? undefined),
    PkgIdentifier: { PURL: item.purl },
    InstalledVersion: item.version,
    FixedVersion: match.fixedVersion || undefined,
    Status: match.status,
    Layer: layerRow(layer),
    SeveritySource: match.severitySource || undefined,
    PrimaryURL: primaryUrl(finding),
    DataSource:
      match.dataSource === null
        ? undefined
        : { ID: match.dataSource.id, Name: match.dataSource.name, URL: match.dataSource.url },
    ...detailFields(details),
    Severity: match.severity,
  }
}

function detailFields(details: VulnerabilityDetails | null): object {
  if (details === null) return {}
  return {
    Title: details.title || undefined,
    Description: details.description || undefined,
    CweIDs: filled(details.cweIds),
    CVSS: cvss(details),
    References: filled(details.references),
    PublishedDate: details.publishedDate ?? undefined,
    LastModifiedDate: details.lastModifiedDate ?? undefined,
  }
}

function cvss({ cvss }: VulnerabilityDetails): object | undefined {
  const sources = Object.entries(cvss).map(([source, scores]) => [
    source,
    {
      V2Vector: scores.v2Vector,
      V3Vector: scores.v3Vector,
      V40Vector: scores.v40Vector,
      V2Score: scores.v2Score,
      V3Score: scores.v3Score,
      V40Score: scores.v40Score,
    },
  ])
  return sources.length === 0 ? undefined : Object.fromEntries(sources)
}

/** A local archive has no compressed layers: Trivy states their diff IDs only. */
function layerRow(layer: LayerAttribution | null): object {
  if (layer === null) return {}
  return { Digest: layer.digest === layer.diffId ? undefined : layer.digest, DiffID: layer.diffId }
}

function filled<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items
}
