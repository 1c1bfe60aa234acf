import { canonicalPackageUrl, parsePackageUrl, versionWithEpoch } from '../core/index.ts'

/** How a document and an image agree: package URLs, sorted. */
export interface ContentsComparison {
  /** Named by both. */
  readonly common: number
  /** Named by the document, not found in the image. */
  readonly onlyInSbom: readonly string[]
  /** Found in the image, not named by the document. */
  readonly onlyInImage: readonly string[]
}

/**
 * Compares what a document names with what was found in the image. Type, namespace, name and version count; qualifiers do not:
 * tools write different ones.
 */
export function compareContents(sbom: readonly string[], image: readonly string[]): ContentsComparison {
  const [left, right] = [identities(sbom), identities(image)]
  return {
    common: [...left].filter((each) => right.has(each)).length,
    onlyInSbom: [...left].filter((each) => !right.has(each)).sort(),
    onlyInImage: [...right].filter((each) => !left.has(each)).sort(),
  }
}

function identities(purls: readonly string[]): Set<string> {
  return new Set(purls.flatMap((text) => identity(text) ?? []))
}

function identity(text: string): string | undefined {
  const purl = parsePackageUrl(text)
  if (purl === undefined) return undefined
  const { type, namespace, name } = canonicalPackageUrl(purl)
  return `pkg:${type}/${namespace === '' ? '' : `${namespace}/`}${name}@${versionWithEpoch(purl)}`
}
