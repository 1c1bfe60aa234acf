import type { PackageFact } from '../indexing/index.ts'
import type { Package, Subject } from '../inventory/index.ts'

/** What a distribution says of a package. */
export type OsVerdict = Pick<Package, 'subject' | 'skipReason'>

/**
 * Why no distribution's advisories are about a package (Trivy 0.74, pkg/detector/ospkg): keys of rpm's signatures are listed as
 * packages, and others' builds are not what a distribution's advisories describe.
 * @param keepThirdParty for advisories that cover them
 */
export function skipReasonOf(
  { name, thirdParty }: PackageFact,
  keepThirdParty = false,
): Package['skipReason'] {
  if (name === 'gpg-pubkey') return 'no-version'
  return thirdParty && !keepThirdParty ? 'third-party' : null
}

export function notMatched(skipReason: NonNullable<Package['skipReason']>): OsVerdict {
  return { subject: null, skipReason }
}

/** @param subject what differs from a subject without architecture, products or flavour */
export function matchedAs(
  subject: Pick<Subject, 'space' | 'lookupKey' | 'comparer' | 'version'> & Partial<Subject>,
): OsVerdict {
  return { subject: { arch: null, cpeContext: null, flavour: null, ...subject }, skipReason: null }
}

/** `9.2` → `9`. */
export function majorOf(release: string): string {
  return release.split('.', 1)[0] ?? ''
}

/** `3.18.4` → `3.18`; what has fewer parts stays. */
export function minorOf(release: string): string {
  return release.split('.', 2).join('.')
}
