import { packageKey, setHash } from './keys.ts'
import type { Package, PackageSet } from './ports.ts'

/** A package at its place, and the index of the layer that brought it. */
export interface PlacedPackage {
  readonly package: Package
  /** null for packages of the OS database. */
  readonly path: string | null
  readonly layer: number
}

/** A set and, beside it, the layer of each of its entries. */
export interface AttributedSet {
  readonly set: PackageSet
  readonly attribution: readonly number[]
}

/**
 * A content-addressed set: entries sorted by (package key, path), each pair once. Of a pair that came twice the first one's layer
 * counts. Equal contents give equal hashes whatever layers they came from.
 */
export function buildPackageSet(kind: PackageSet['kind'], placed: readonly PlacedPackage[]): AttributedSet {
  const keyed = placed.map((entry) => ({ key: packageKey(entry.package), entry }))
  const sorted = keyed.sort(
    (left, right) =>
      compareText(left.key, right.key) || compareText(left.entry.path ?? '', right.entry.path ?? ''),
  )
  const unique = sorted.filter(({ key, entry }, index) => {
    const before = sorted[index - 1]
    return before === undefined || before.key !== key || before.entry.path !== entry.path
  })
  return {
    set: {
      kind,
      hash: setHash(
        kind,
        unique.map(({ key, entry }) => ({ key, path: entry.path })),
      ),
      entries: unique.map(({ entry }) => ({ package: entry.package, path: entry.path })),
    },
    attribution: unique.map(({ entry }) => entry.layer),
  }
}

/** By UTF-16 code units: the same on every machine, unlike a locale's order. */
function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
