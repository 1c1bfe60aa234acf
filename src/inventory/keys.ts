import { hash } from 'node:crypto'
import type { Package, Subject } from './ports.ts'

/**
 * The identity of what a matcher reads: equal subjects share their verdicts.
 *
 * @returns 64 hex digits
 */
export function subjectKey(subject: Subject): string {
  const { space, lookupKey, comparer, version, arch, cpeContext, flavour } = subject
  return hashOf(['subject', space, lookupKey, comparer, version, arch, cpeContext, flavour])
}

/**
 * The identity of a package as it is shown. Paths and layers are not in it; the purl brings namespace and distribution. Licences are:
 * images and organisations share packages, and none may be shown what another one's files say.
 *
 * @returns 64 hex digits
 */
export function packageKey(value: Package): string {
  return hashOf([
    'package',
    value.ecosystem,
    value.name,
    value.version,
    value.arch,
    value.sourceName,
    value.sourceVersion,
    value.purl,
    value.skipReason,
    value.subject === null ? null : subjectKey(value.subject),
    ...value.licenses,
  ])
}

/** @param pairs in canonical order (`buildPackageSet` sorts them) */
export function setHash(
  kind: 'os' | 'language',
  pairs: readonly { readonly key: string; readonly path: string | null }[],
): string {
  return hashOf(['set', kind, ...pairs.flatMap(({ key, path }) => [key, path])])
}

/** JSON keeps the parts apart whatever they contain. */
function hashOf(parts: readonly (string | null)[]): string {
  return hash('sha256', JSON.stringify(parts), 'hex')
}
