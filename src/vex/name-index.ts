import { canonicalPackageUrl, type PackageUrl, parsePackageUrl, versionWithEpoch } from '../core/index.ts'

/** What something is called: as texts, and by package URLs in the spelling of their types. */
export interface Names {
  readonly texts: readonly string[]
  readonly purls: readonly PackageUrl[]
}

/** @param refs names that are compared as they are */
export function namesOf(purls: readonly string[], refs: readonly string[] = []): Names {
  return { texts: [...purls, ...refs], purls: purls.flatMap((text) => purlOf(text) ?? []) }
}

interface Kept<T> {
  readonly id: string
  readonly purl: PackageUrl | undefined
  readonly value: T
}

/**
 * Values under the names that a document gives to products: each name is parsed once, and asking costs no more than what is kept under
 * the same type, namespace and name.
 */
export class NameIndex<T> {
  readonly #kept = new Map<string, Kept<T>[]>()

  add(id: string, value: T): void {
    const purl = purlOf(id)
    const key = keyOf(id, purl)
    const list = this.#kept.get(key)
    if (list === undefined) this.#kept.set(key, [{ id, purl, value }])
    else list.push({ id, purl, value })
  }

  keys(): Iterable<string> {
    return this.#kept.keys()
  }

  /** The values of every name that is one of these, or that leaves open what it does not say. */
  *of(names: Names): Generator<T> {
    for (const key of keysOf(names)) {
      for (const { id, purl, value } of this.#kept.get(key) ?? []) {
        if (names.texts.includes(id) || isCovered(purl, names)) yield value
      }
    }
  }

  has(names: Names): boolean {
    return this.of(names).next().done !== true
  }
}

/** Under which keys of an index these names may stand. */
export function keysOf({ texts }: Names): ReadonlySet<string> {
  return new Set(texts.map((text) => keyOf(text, purlOf(text))))
}

/** Whether one of these has one of the versions, its epoch before it. */
export function hasVersion({ purls }: Names, versions: readonly string[]): boolean {
  return purls.some((purl) => versions.includes(versionWithEpoch(purl)))
}

function purlOf(text: string): PackageUrl | undefined {
  const purl = parsePackageUrl(text)
  return purl === undefined ? undefined : canonicalPackageUrl(purl)
}

function keyOf(text: string, purl: PackageUrl | undefined): string {
  return purl === undefined ? text : `${purl.type}\0${purl.namespace}\0${purl.name}`
}

function isCovered(wanted: PackageUrl | undefined, { purls }: Names): boolean {
  return wanted !== undefined && purls.some((purl) => covers(wanted, purl))
}

/** OpenVEX, "Product identification": what the statement leaves open fits anything. */
function covers(wanted: PackageUrl, purl: PackageUrl): boolean {
  const isSameVersion = versionWithEpoch(wanted) === versionWithEpoch(purl)
  return (
    wanted.type === purl.type &&
    wanted.namespace === purl.namespace &&
    wanted.name === purl.name &&
    (wanted.version === '' || wanted.version === purl.version || isSameVersion) &&
    (wanted.subpath === '' || wanted.subpath === purl.subpath) &&
    Object.entries(wanted.qualifiers).every(
      ([key, value]) => purl.qualifiers[key] === value || (key === 'epoch' && isSameVersion),
    )
  )
}
