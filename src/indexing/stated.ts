import { type Digest, isDigest } from '../core/index.ts'
import type { Inventory, LayerAttribution } from '../inventory/index.ts'
import type { MergedPackage } from './merge.ts'
import type { BuildInfo, ImageContext, IndexingPlugin, PackageFact, PackagesFact } from './ports.ts'
import type { StatedContents, StatedPackage } from './stated-package.ts'
import { assemble } from './to-inventory.ts'

/**
 * What a document states → an inventory, as if an image had been read: each package is the one that its ecosystem makes of the
 * package URL, with the identity that it has in the stated operating system. Types that no ecosystem knows are noted and left out.
 */
export function inventoryOfStated(contents: StatedContents, plugins: readonly IndexingPlugin[]): Inventory {
  const byType = new Map(plugins.flatMap((plugin) => (plugin.purlTypes ?? []).map((type) => [type, plugin])))
  const layers = new StatedLayers()
  const unknown = new Map<string, number>()
  const { os, repository } = contents
  const packages = contents.packages.flatMap((stated): MergedPackage[] => {
    const plugin = byType.get(stated.purl.type)
    if (plugin === undefined) {
      unknown.set(stated.purl.type, (unknown.get(stated.purl.type) ?? 0) + 1)
      return []
    }
    const context: ImageContext = { os, repository, buildInfo: buildInfoOf(stated) }
    return [
      { fact: factOf(stated, plugin), file: fileOf(stated, plugin), layer: layers.indexOf(stated), context },
    ]
  })
  const withoutVersion = packages.filter(({ fact }) => fact.version === '').length
  const notes = [
    ...contents.notes,
    ...Array.from(unknown, ([type, count]) => leftOut(type, count)),
    ...(withoutVersion === 0 ? [] : [unversioned(withoutVersion)]),
  ]
  const context = { os, repository, buildInfo: null }
  return {
    ...assemble({ context, packages }, plugins, notes),
    layers: layers.list,
    unresolved: 0,
    names: null,
  }
}

function leftOut(type: string, count: number): string {
  const packages = count === 1 ? '1 package' : `${count} packages`
  return `${packages} of the type "${type}" ${count === 1 ? 'was' : 'were'} left out: nothing is known of such packages.`
}

function unversioned(count: number): string {
  const [packages, them] = count === 1 ? ['1 package has', 'it'] : [`${count} packages have`, 'them']
  return `${packages} no version: what is wrong with ${them} cannot be told.`
}

/** The layers that packages name, in the order of their first naming. */
class StatedLayers {
  readonly list: LayerAttribution[] = []
  readonly #indexes = new Map<string, number>()

  /** -1 for a package that names none. */
  indexOf({ layer }: StatedPackage): number {
    const digest = digestOf(layer?.digest) ?? digestOf(layer?.diffId)
    if (digest === undefined) return -1
    const diffId = digestOf(layer?.diffId) ?? digest
    const key = `${digest} ${diffId}`
    const index = this.#indexes.get(key) ?? this.list.push({ digest, diffId }) - 1
    this.#indexes.set(key, index)
    return index
  }
}

function digestOf(text: string | null | undefined): Digest | undefined {
  return text && isDigest(text) ? text : undefined
}

function fileOf({ path }: StatedPackage, { id, report }: IndexingPlugin): PackagesFact {
  const scope = report === undefined ? 'os' : 'language'
  return { kind: 'packages', scope, ecosystem: id, path: path ?? '', packages: [] }
}

/**
 * The fact of a stated package and the ecosystem that describes it, by the type of its purl; undefined for a type that none knows.
 */
export function statedFact(
  stated: StatedPackage,
  plugins: readonly IndexingPlugin[],
):
  | { readonly fact: PackageFact; readonly ecosystem: string; readonly scope: PackagesFact['scope'] }
  | undefined {
  const plugin = plugins.find(({ purlTypes }) => purlTypes?.includes(stated.purl.type))
  if (plugin === undefined) return undefined
  return { fact: factOf(stated, plugin), ecosystem: plugin.id, scope: fileOf(stated, plugin).scope }
}

/** Third-party documents name no source packages: the package itself then counts as its source (Trivy, pkg/sbom/io, fillSrcPkg). */
function factOf(stated: StatedPackage, plugin: IndexingPlugin): PackageFact {
  const { name, licenses } = stated
  if (plugin.report !== undefined) {
    const fact = { name, version: stated.purl.version, licenses }
    return plugin.fromStated?.(fact, stated) ?? fact
  }
  const fact = osFact(stated, plugin)
  return plugin.fromStated?.(fact, stated) ?? fact
}

function osFact(stated: StatedPackage, plugin: IndexingPlugin): PackageFact {
  const { purl, name, licenses, properties } = stated
  const { arch, modularitylabel } = purl.qualifiers
  const parts = versionOf(stated, plugin)
  const { epoch, version, release } = parts
  const isSourceless = stated.source === null && properties.get(SOURCE)?.includes('none') === true
  return {
    name,
    version,
    licenses,
    ...(epoch > 0 ? { epoch } : {}),
    ...(release === '' ? {} : { release }),
    ...(arch === undefined ? {} : { arch }),
    ...(modularitylabel === undefined ? {} : { modularityLabel: modularitylabel }),
    ...(isSourceless ? {} : sourceFields(stated.source ?? { name, ...parts }, version)),
    ...(properties.get(SKIPPED)?.includes('third-party') ? { thirdParty: true } : {}),
  }
}

function sourceFields(source: NonNullable<StatedPackage['source']>, version: string): Partial<PackageFact> {
  return {
    sourceName: source.name,
    sourceVersion: source.version || version,
    ...(source.epoch > 0 ? { sourceEpoch: source.epoch } : {}),
    ...(source.release === '' ? {} : { sourceRelease: source.release }),
  }
}

/** The epoch is a qualifier, as Trivy writes it, or stands in the version. */
function versionOf({ purl }: StatedPackage, { versionParts }: IndexingPlugin) {
  const parts = versionParts?.(purl.version)
  const stated = purl.qualifiers['epoch'] ?? ''
  return {
    epoch: /^\d{1,9}$/.test(stated) ? Number(stated) : (parts?.epoch ?? 0),
    version: parts?.upstream ?? purl.version,
    release: parts?.revision ?? '',
  }
}

/** Our own properties: packages that are never matched, and such that have no source. */
const SKIPPED = 'portolan:skipped'
const SOURCE = 'portolan:source'

/** Trivy's properties of Red Hat packages (pkg/sbom/core, PropertyContentSet and on). */
function buildInfoOf({ properties }: StatedPackage): BuildInfo | null {
  const contentSets = properties.get('ContentSet')
  const nvr = properties.get('NVR')?.[0]
  const arch = properties.get('Arch')?.[0]
  if (contentSets === undefined && nvr === undefined) return null
  return {
    ...(contentSets === undefined ? {} : { contentSets }),
    ...(nvr === undefined ? {} : { nvr }),
    ...(arch === undefined ? {} : { arch }),
  }
}
