import type { ImagePackage } from './ports.ts'

/** A package of an image under the name that its document gives it. */
export interface NamedPackage {
  readonly ref: string
  readonly item: ImagePackage
}

/**
 * Gives each package its name in the document: the purl, with `file_path` where a file named the package, as Trivy does. Two that
 * are still alike are numbered. Sorted, so that equal images give equal documents.
 */
export function nameRefs(packages: readonly ImagePackage[]): NamedPackage[] {
  const counts = new Map<string, number>()
  return packages
    .map((item) => ({ ref: refOf(item), item }))
    .sort((left, right) => compareText(left.ref, right.ref) || compareText(layerOf(left), layerOf(right)))
    .map(({ ref, item }) => {
      const count = (counts.get(ref) ?? 0) + 1
      counts.set(ref, count)
      return { ref: count === 1 ? ref : `${ref}#${count}`, item }
    })
}

function refOf({ purl, path }: ImagePackage): string {
  if (path === null) return purl
  const value = encodeURIComponent(path.toWellFormed())
  return `${purl}${purl.includes('?') ? '&' : '?'}file_path=${value}`
}

function layerOf({ item }: { readonly item: ImagePackage }): string {
  return item.layer?.diffId ?? ''
}

/** By UTF-16 code units: the same on every machine. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
