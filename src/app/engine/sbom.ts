import { type Digest, type ImageReference, packageUrl, parsePackageUrl } from '../../core/index.ts'
import type { PlatformImage } from '../../images/index.ts'
import { inventoryOfStated, type StatedContents, type StatedPackage } from '../../indexing/index.ts'
import type { Inventory, OperatingSystem, Package } from '../../inventory/index.ts'
import type {
  ImageContents,
  ImagePackage,
  SbomDocument,
  SbomPackage,
  SbomProperty,
} from '../../sbom/index.ts'
import { ecosystems } from '../ecosystems.ts'

/** What an SBOM says as an inventory, each package as its ecosystem makes it of the purl. */
export function inventoryOfSbom(document: SbomDocument): Inventory {
  const packages = document.packages.flatMap(statedPackage)
  const os = osOf(document, packages)
  const contents: StatedContents = {
    os,
    repository: repositoryOf(document, os),
    packages,
    notes: document.notes,
  }
  return inventoryOfStated(contents, ecosystems)
}

/** The version is the purl's; where that has none, the one that stands beside it. */
function statedPackage(item: SbomPackage): StatedPackage[] {
  const read = parsePackageUrl(item.purl)
  if (read === undefined) return []
  const purl = read.version === '' ? { ...read, version: item.version } : read
  const properties = new Map<string, string[]>()
  for (const { name, value } of item.properties)
    properties.set(name, [...(properties.get(name) ?? []), value])
  return [{ ...item, purl, properties }]
}

/** The one that is stated; else the one that all OS packages name in their purls, as tools write them that know no OS component. */
function osOf(
  { os, osProperties }: SbomDocument,
  packages: readonly StatedPackage[],
): OperatingSystem | null {
  if (os !== null) {
    const supplier = valueOf(osProperties, SUPPLIER)
    const extended = valueOf(osProperties, EXTENDED) === 'true'
    return { ...os, extended, ...(supplier === undefined ? {} : { supplier }) }
  }
  const named = new Set(
    packages.flatMap(({ purl: { type, namespace, qualifiers } }) => {
      const distro = qualifiers['distro']
      if (!osTypes.has(type) || namespace === '' || distro === undefined) return []
      return [
        `${namespace}\0${distro.startsWith(`${namespace}-`) ? distro.slice(namespace.length + 1) : distro}`,
      ]
    }),
  )
  const [family, release] = [...named][0]?.split('\0') ?? []
  if (named.size !== 1 || family === undefined || release === undefined) return null
  return { family, release, extended: false }
}

/** Types of package URLs that are of an operating system: of ecosystems that know some. */
const osTypes: ReadonlySet<string> = new Set(
  ecosystems
    .filter(({ distributions }) => distributions.length > 0)
    .flatMap(({ purlTypes = [] }) => purlTypes),
)

/** Where advisories are looked up under another release than the image's own (Alpine's repositories). */
function repositoryOf(
  { osProperties }: SbomDocument,
  os: OperatingSystem | null,
): StatedContents['repository'] {
  const release = valueOf(osProperties, ADVISORIES)
  return os === null || release === undefined ? null : { family: os.family, release }
}

const EXTENDED = 'portolan:os:extended'
const SUPPLIER = 'portolan:os:supplier'
const ADVISORIES = 'portolan:os:advisories'

function valueOf(properties: readonly SbomProperty[], wanted: string): string | undefined {
  return properties.find(({ name }) => name === wanted)?.value
}

export interface DescribedImage {
  /** As the user named it. */
  readonly name: string
  /** undefined for a local file. */
  readonly remote: Pick<ImageReference, 'registry' | 'repository' | 'tag'> | undefined
  /** Of what the name leads to: a manifest or an index. */
  readonly digest: Digest
  readonly manifestDigest: Digest
  /** null where it is not known. */
  readonly configDigest: Digest | null
  readonly labels: Readonly<Record<string, string>>
  readonly architecture: string
  readonly inventory: Inventory
}

/** An image that was read, as its SBOM needs it. */
export function describeImage({
  manifest,
  labels,
  platform,
}: PlatformImage): Pick<DescribedImage, 'manifestDigest' | 'configDigest' | 'labels' | 'architecture'> {
  return {
    manifestDigest: manifest.digest,
    configDigest: manifest.config.digest,
    labels: labels ?? {},
    architecture: platform.architecture,
  }
}

/** What the SBOM of an image says. */
export function imageContents(described: DescribedImage): ImageContents {
  const { name, remote, digest, manifestDigest, configDigest, inventory } = described
  const repository = remote === undefined ? undefined : repositoryUrl(remote)
  return {
    subject: {
      name,
      purl: remote === undefined ? null : imagePurl(remote, digest, described.architecture),
      digests: [...new Set([digest, manifestDigest, ...(configDigest === null ? [] : [configDigest])])],
    },
    properties: [
      property('SchemaVersion', '2'),
      ...(configDigest === null ? [] : [property('ImageID', configDigest)]),
      ...(repository === undefined ? [] : [property('RepoDigest', `${repository}@${digest}`)]),
      ...(repository === undefined || remote?.tag === undefined
        ? []
        : [property('RepoTag', `${repository}:${remote.tag}`)]),
      ...inventory.layers.map(({ diffId }) => property('DiffID', diffId)),
      ...Object.entries(described.labels).map(([label, value]) => property(`Labels:${label}`, value)),
    ],
    os: inventory.os === null ? null : { family: inventory.os.family, release: inventory.os.release },
    osProperties: osPropertiesOf(inventory),
    packages: packagesOf(inventory),
  }
}

/** `pkg:oci/api@sha256:...`, as Trivy writes it (pkg/purl, parseOCI): VEX documents name images so. */
export function imagePurl(
  remote: Pick<ImageReference, 'registry' | 'repository'>,
  digest: Digest,
  architecture: string,
): string {
  return packageUrl({
    type: 'oci',
    name: remote.repository.slice(remote.repository.lastIndexOf('/') + 1).toLowerCase(),
    version: digest,
    qualifiers: { repository_url: repositoryUrl(remote), arch: architecture },
  })
}

/** Docker Hub goes by its old name there. */
function repositoryUrl({ registry, repository }: Pick<ImageReference, 'registry' | 'repository'>): string {
  return `${registry === 'docker.io' ? 'index.docker.io' : registry}/${repository}`
}

function property(name: string, value: string): SbomProperty {
  return { name, value }
}

/** What Trivy's document has no word for and the findings depend on, so that a scan of ours finds what the image's scan finds. */
function osPropertiesOf({ os, sets }: Inventory): SbomProperty[] {
  if (os === null) return []
  const spaces = new Set(
    sets.flatMap(({ kind, entries }) =>
      kind === 'os'
        ? entries.flatMap(({ package: { subject } }) => (subject === null ? [] : [subject.space]))
        : [],
    ),
  )
  const [space] = spaces
  const release =
    spaces.size === 1 && space?.startsWith(`${os.family} `) ? space.slice(os.family.length + 1) : ''
  return [
    ...(os.extended ? [property(EXTENDED, 'true')] : []),
    ...(os.supplier === undefined ? [] : [property(SUPPLIER, os.supplier)]),
    ...(release === '' ? [] : [property(ADVISORIES, release)]),
  ]
}

function packagesOf({ sets, attribution, layers, os }: Inventory): ImagePackage[] {
  return sets.flatMap(({ kind, entries }, set) =>
    entries.map(({ package: item, path }, entry): ImagePackage => {
      const layer = layers[attribution[set]?.[entry] ?? -1]
      return {
        scope: kind,
        type: kind === 'os' ? (os?.family ?? item.ecosystem) : typeOf(item, path),
        purl: item.purl,
        name: item.name,
        version: item.version,
        licenses: item.licenses,
        path,
        layer:
          layer === undefined
            ? null
            : { digest: layer.digest === layer.diffId ? null : layer.digest, diffId: layer.diffId },
        source: sourceOf(item),
        properties: [...sourceless(kind, item), ...propertiesOf(item)],
      }
    }),
  )
}

function typeOf({ ecosystem }: Package, path: string | null): string {
  const report = ecosystems.find(({ id }) => id === ecosystem)?.report
  return (typeof report === 'function' ? report(path ?? '') : report)?.type ?? ecosystem
}

function sourceOf({ ecosystem, sourceName, sourceVersion }: Package): ImagePackage['source'] {
  if (sourceName === null) return null
  const plugin = ecosystems.find(({ id }) => id === ecosystem)
  const parts = plugin?.versionParts?.(sourceVersion ?? '')
  return {
    name: sourceName,
    epoch: parts?.epoch ?? 0,
    version: parts?.upstream ?? sourceVersion ?? '',
    release: parts?.revision ?? '',
  }
}

/** Other tools' packages without a source count as their own; ours that have none stay so. */
function sourceless(kind: 'os' | 'language', { sourceName }: Package): SbomProperty[] {
  return kind === 'os' && sourceName === null ? [property('portolan:source', 'none')] : []
}

/** Red Hat's products, as Trivy's properties have them, and why a package is not matched. */
function propertiesOf({ subject, skipReason }: Package): SbomProperty[] {
  const skipped = skipReason === 'third-party' ? [property('portolan:skipped', skipReason)] : []
  const context: unknown = subject?.cpeContext ? JSON.parse(subject.cpeContext) : []
  const products = Array.isArray(context) ? context.filter((each) => typeof each === 'string') : []
  return [
    ...skipped,
    ...products.flatMap((each) => {
      if (each.startsWith('repository/')) return [property('ContentSet', each.slice('repository/'.length))]
      const at = each.lastIndexOf('-')
      if (!each.startsWith('nvr/') || at < 0) return []
      return [property('NVR', each.slice('nvr/'.length, at)), property('Arch', each.slice(at + 1))]
    }),
  ]
}
