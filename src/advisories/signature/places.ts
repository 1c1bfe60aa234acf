import { hash } from 'node:crypto'

/**
 * A place is what a look-up in a vulnerability database names: statements on one package in one space, the details of one
 * vulnerability, the products of one Red Hat repository or build. It is known by a number of 64 bits: two bits of kind over 62 bits of
 * a hash, signed as PostgreSQL's bigint is.
 */
export type Place = bigint

const kinds = { advisories: 0n, details: 1n, products: 2n } as const
export type PlaceKind = keyof typeof kinds

const kindShift = 62n
const hashMask = (1n << kindShift) - 1n

/** Where statements on a package stand. Buckets that share a prefix (`npm::`) are looked up together, and are one space. */
export function advisoriesPlace(space: string, lookupKey: string): Place {
  return placeOf('advisories', `${combinedSpace(space)}\0${lookupKey}`)
}

/** Where a vulnerability's details stand. */
export function detailsPlace(vulnerabilityId: string): Place {
  return placeOf('details', vulnerabilityId)
}

/** Where the products of a Red Hat repository or build stand. @param name with its kind before it: `repository/<name>`, `nvr/<nvr>-<arch>` */
export function productsPlace(name: string): Place {
  return placeOf('products', name)
}

export function kindOf(place: Place): PlaceKind {
  const kind = BigInt.asUintN(64, place) >> kindShift
  return kind === kinds.advisories ? 'advisories' : kind === kinds.details ? 'details' : 'products'
}

/** 64 bits of a hash of some bytes, unsigned. */
export function contentHash(bytes: Uint8Array): bigint {
  return hash('sha256', bytes, 'buffer').readBigUInt64LE()
}

function combinedSpace(space: string): string {
  const end = space.indexOf('::')
  return end < 0 ? space : space.slice(0, end + 2)
}

function placeOf(kind: PlaceKind, name: string): Place {
  return BigInt.asIntN(64, (kinds[kind] << kindShift) | (contentHash(Buffer.from(name)) & hashMask))
}
