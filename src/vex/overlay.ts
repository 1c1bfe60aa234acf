import { indexOf, partsByName, productsNamed, type StatementIndex } from './document-index.ts'
import { type Names, namesOf } from './name-index.ts'
import type { VexProduct, VexSource, VexStatement, VexSubject, VexTarget, VexVerdict } from './ports.ts'

/** Statements laid over the findings of one image or SBOM. */
export interface VexOverlay {
  /** Ids of all that is stated on: nothing else has a verdict. */
  readonly vulnerabilities: readonly string[]
  /** The statement that takes the finding off the list; undefined: it stays. */
  verdict(target: VexTarget): VexVerdict | undefined
}

/**
 * Follows Trivy 0.74 (pkg/vex): a statement holds for a package when it names the package itself, or the image with no part or with the
 * package as part. Of a document's statements that match, the latest decides; one document that says "not affected" or "fixed" is enough.
 */
export function createVexOverlay(sources: readonly VexSource[], subject: VexSubject): VexOverlay {
  const indexed = sources.map(({ document, source }) => ({ document, source, byId: indexOf(document) }))
  const image = new WholeSubject(namesOf(subject.purls))
  return {
    vulnerabilities: [...new Set(indexed.flatMap(({ byId }) => [...byId.keys()]))],
    verdict(target) {
      const itself = itselfOf(target, subject)
      for (const { document, source, byId } of indexed) {
        const statements = byId.get(target.vulnerability)
        if (statements === undefined) continue
        const found =
          latest(statements, itself, (each) => namesItself(each, itself)) ??
          latest(statements, image.names, (each) => image.holdsFor(each, itself))
        if (found === undefined) continue
        const { status, justification, impact } = found
        return { status, justification, impact, author: document.author, source }
      }
      return undefined
    },
  }
}

/** By BOM-Link too: `urn:cdx:<serial>/<version>#<ref>` (CycloneDX, BOM-Link). */
function itselfOf({ purl, ref, statedPurl }: VexTarget, { sbom }: VexSubject): Names {
  const purls = statedPurl === undefined ? [purl] : [purl, statedPurl]
  if (ref === null || sbom === null) return namesOf(purls)
  const serial = sbom.serialNumber.replace(/^urn:uuid:/, '')
  const link = `urn:cdx:${serial}/${sbom.version}#`
  return namesOf(purls, [ref, `${link}${ref}`, `${link}${encodeURIComponent(ref)}`])
}

type Settled = VexStatement & { readonly status: VexVerdict['status'] }

function latest(
  statements: StatementIndex,
  product: Names,
  isAbout: (statement: VexStatement) => boolean,
): Settled | undefined {
  for (const statement of statements.latestOf(product)) {
    if (isAbout(statement)) return isSettled(statement) ? statement : undefined
  }
  return undefined
}

function isSettled(statement: VexStatement): statement is Settled {
  return statement.status === 'not_affected' || statement.status === 'fixed'
}

function namesItself(statement: VexStatement, itself: Names): boolean {
  for (const { parts } of productsNamed(statement, itself)) {
    if (parts.length === 0 || partsByName(parts).has(itself)) return true
  }
  return false
}

/** The image: what a statement says of it is the same for each of its packages, and is looked up once. */
class WholeSubject {
  readonly names: Names
  readonly #parts = new WeakMap<VexStatement['products'], readonly VexProduct['parts'][] | 'all'>()

  constructor(names: Names) {
    this.names = names
  }

  /** Whether the statement names the image with no part, or with this one. */
  holdsFor(statement: VexStatement, part: Names): boolean {
    const named = this.#parts.get(statement.products) ?? this.#partsIn(statement)
    this.#parts.set(statement.products, named)
    return named === 'all' || named.some((each) => partsByName(each).has(part))
  }

  /** Many products that are the image are told as one. */
  #partsIn(statement: VexStatement): readonly VexProduct['parts'][] | 'all' {
    const found = new Set<VexProduct['parts']>()
    for (const { parts } of productsNamed(statement, this.names)) {
      if (parts.length === 0) return 'all'
      found.add(parts)
    }
    return found.size > 1 ? [[...found].flat()] : [...found]
  }
}
