import { type PackageUrl, parsePackageUrl } from '../core/index.ts'
import type {
  VexDocument,
  VexProduct,
  VexSource,
  VexStatement,
  VexSubject,
  VexTarget,
  VexVerdict,
} from './ports.ts'

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
  const images = subject.purls.flatMap((text) => parsePackageUrl(text) ?? [])
  return {
    vulnerabilities: [...new Set(indexed.flatMap(({ byId }) => [...byId.keys()]))],
    verdict(target) {
      const purl = parsePackageUrl(target.purl)
      const itself: Names = { texts: textsOf(target, subject), purls: purl === undefined ? [] : [purl] }
      const whole: Names = { texts: subject.purls, purls: images }
      for (const { document, source, byId } of indexed) {
        const statements = byId.get(target.vulnerability) ?? []
        const found = latest(statements, itself, itself) ?? latest(statements, whole, itself)
        if (found === undefined) continue
        const { status, justification, impact } = found
        return { status, justification, impact, author: document.author, source }
      }
      return undefined
    },
  }
}

/** Of documents that lie over several images. */
const indexes = new WeakMap<VexDocument, ReadonlyMap<string, readonly VexStatement[]>>()

function indexOf(document: VexDocument): ReadonlyMap<string, readonly VexStatement[]> {
  const known = indexes.get(document) ?? byVulnerability(document.statements)
  indexes.set(document, known)
  return known
}

function byVulnerability(statements: readonly VexStatement[]): ReadonlyMap<string, readonly VexStatement[]> {
  const found = new Map<string, VexStatement[]>()
  for (const statement of statements) {
    for (const id of new Set(statement.vulnerabilities)) {
      const list = found.get(id)
      if (list === undefined) found.set(id, [statement])
      else list.push(statement)
    }
  }
  return found
}

/** What something is called. */
interface Names {
  readonly texts: readonly string[]
  readonly purls: readonly PackageUrl[]
}

/** By BOM-Link too: `urn:cdx:<serial>/<version>#<ref>` (CycloneDX, BOM-Link). */
function textsOf({ purl, ref }: VexTarget, { sbom }: VexSubject): string[] {
  if (ref === null || sbom === null) return [purl]
  const serial = sbom.serialNumber.replace(/^urn:uuid:/, '')
  const link = `urn:cdx:${serial}/${sbom.version}#`
  return [purl, ref, `${link}${ref}`, `${link}${encodeURIComponent(ref)}`]
}

type Settled = VexStatement & { readonly status: VexVerdict['status'] }

function latest(statements: readonly VexStatement[], product: Names, part: Names): Settled | undefined {
  const last = statements.findLast(({ products }) => products.some((each) => isAbout(each, product, part)))
  return last !== undefined && isSettled(last) ? last : undefined
}

function isSettled(statement: VexStatement): statement is Settled {
  return statement.status === 'not_affected' || statement.status === 'fixed'
}

function isAbout({ ids, parts }: VexProduct, product: Names, part: Names): boolean {
  if (!ids.some((id) => names(id, product))) return false
  return parts.length === 0 || parts.some((each) => each.some((id) => names(id, part)))
}

function names(id: string, { texts, purls }: Names): boolean {
  if (texts.includes(id)) return true
  const wanted = parsePackageUrl(id)
  return wanted !== undefined && purls.some((purl) => covers(wanted, purl))
}

/** OpenVEX, "Product identification": what the statement leaves open fits anything. */
function covers(wanted: PackageUrl, purl: PackageUrl): boolean {
  return (
    wanted.type === purl.type &&
    wanted.namespace === purl.namespace &&
    wanted.name === purl.name &&
    (wanted.version === '' || wanted.version === purl.version) &&
    (wanted.subpath === '' || wanted.subpath === purl.subpath) &&
    Object.entries(wanted.qualifiers).every(([key, value]) => purl.qualifiers[key] === value)
  )
}
