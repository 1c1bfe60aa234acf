import type { PackageFact } from '../indexing/index.ts'
import type { EcosystemId, Package } from '../inventory/index.ts'

/** `epoch:version-release` without what is 0 or empty: how Trivy shows and compares versions that databases split. */
export function spellVersion(
  epoch: number | undefined,
  version: string,
  release: string | undefined,
): string {
  const released = release ? `${version}-${release}` : version
  return epoch ? `${epoch}:${released}` : released
}

/** A package of an OS database as it is shown. The purl needs the caller: it differs by type and distribution. */
export function describeOsPackage(
  ecosystem: EcosystemId,
  fact: PackageFact,
  purl: string,
): Omit<Package, 'subject' | 'skipReason'> {
  return {
    ecosystem,
    name: fact.name,
    version: spellVersion(fact.epoch, fact.version, fact.release),
    arch: fact.arch ?? null,
    sourceName: fact.sourceName ?? null,
    sourceVersion:
      fact.sourceVersion === undefined
        ? null
        : spellVersion(fact.sourceEpoch, fact.sourceVersion, fact.sourceRelease),
    purl,
    licenses: fact.licenses ?? [],
  }
}
