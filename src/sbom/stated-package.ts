import { type PackageUrl, parsePackageUrl } from '../core/index.ts'
import type { SbomPackage, SbomProperty, SbomSource } from './ports.ts'

/** Before the names of Trivy's properties in CycloneDX (pkg/sbom/cyclonedx, Namespace). */
export const TRIVY_PREFIX = 'aquasecurity:trivy:'

/** A component as either format states it. */
export interface Stated {
  readonly ref: string
  readonly purl: string
  readonly group: string
  readonly name: string
  readonly version: string
  readonly licenses: readonly string[]
  readonly properties: readonly SbomProperty[]
  /** From a field of its own; properties win. */
  readonly path: string | null
  readonly source: SbomSource | null
}

/** Properties that have a field of their own. */
const taken = new Set([
  'FilePath',
  'LayerDigest',
  'LayerDiffID',
  'PkgType',
  'SrcName',
  'SrcVersion',
  'SrcRelease',
  'SrcEpoch',
])

/** @returns undefined when there is no package URL, or none that can be read */
export function toPackage(stated: Stated): SbomPackage | undefined {
  const purl = parsePackageUrl(stated.purl)
  if (purl === undefined) return undefined
  const properties = new Map(stated.properties.map(({ name, value }) => [name, value]))
  const digest = properties.get('LayerDigest') ?? null
  const diffId = properties.get('LayerDiffID') ?? null
  return {
    ref: stated.ref,
    purl: stated.purl,
    name: nameOf(stated, purl),
    version: stated.version,
    type: properties.get('PkgType') ?? null,
    licenses: stated.licenses,
    path: properties.get('FilePath') ?? stated.path,
    layer: digest === null && diffId === null ? null : { digest, diffId },
    source: sourceOf(properties) ?? stated.source,
    properties: stated.properties.filter(({ name }) => !taken.has(name)),
  }
}

/** What `toPackage` made nothing of, as a note. */
export function leftOut(count: number, one: string, many: string): string {
  const [what, was] = count === 1 ? [one, 'was'] : [many, 'were']
  return `${count} ${what} without a readable package URL ${was} left out.`
}

const osTypes = new Set(['deb', 'apk', 'rpm'])

/** Names of these types come from the purl: documents spell them in several ways (Trivy, pkg/sbom/io, pkgName). */
function nameOf({ group, name }: Stated, purl: PackageUrl): string {
  if (purl.type === 'maven' || purl.type === 'gradle') return joined(purl.namespace, ':', purl.name)
  if (purl.type === 'cocoapods') return joined(purl.name, '/', purl.subpath)
  if (purl.type === 'bitnami') return purl.name
  if (osTypes.has(purl.type)) return name || purl.name
  return name === '' ? joined(purl.namespace, '/', purl.name) : joined(group, '/', name)
}

function joined(left: string, between: string, right: string): string {
  return left === '' || right === '' ? `${left}${right}` : `${left}${between}${right}`
}

function sourceOf(properties: ReadonlyMap<string, string>): SbomSource | null {
  const name = properties.get('SrcName')
  if (name === undefined) return null
  return {
    name,
    epoch: epochOf(properties.get('SrcEpoch')),
    version: properties.get('SrcVersion') ?? '',
    release: properties.get('SrcRelease') ?? '',
  }
}

/** A non-negative whole number; anything else is none. */
export function epochOf(text: string | undefined): number {
  return /^\d{1,9}$/.test(text ?? '') ? Number(text) : 0
}
