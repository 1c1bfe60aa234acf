import { packageUrl } from '../core/index.ts'
import type { IndexingPlugin, PackageFact, PackagesFact } from '../indexing/index.ts'
import type { EcosystemId } from '../inventory/index.ts'
import { isInVulnerableRange, libraryFixedVersion, type MatchingPlugin } from '../matching/index.ts'
import { compareGenericVersions, satisfiesGeneric } from './generic-version.ts'

/** The packages of one file of a language's ecosystem; none: no fact. */
export function libraryFacts(
  ecosystem: EcosystemId,
  path: string,
  packages: readonly PackageFact[],
): PackagesFact[] {
  return packages.length === 0 ? [] : [{ kind: 'packages', scope: 'language', ecosystem, path, packages }]
}

/** A language's package as it is shown: name and version verbatim. */
export function describeLibrary(
  ecosystem: EcosystemId,
  { name, version, licenses = [] }: PackageFact,
  purl: string,
): ReturnType<IndexingPlugin['describe']> {
  return { ecosystem, name, version, arch: null, sourceName: null, sourceVersion: null, purl, licenses }
}

/** A package URL whose namespace is all of a name before its last slash: a scope, a vendor, a group, the path of a module. */
export function pathPackageUrl(type: string, name: string, version: string): string {
  const slash = name.lastIndexOf('/')
  return packageUrl({
    type,
    namespace: name.slice(0, Math.max(slash, 0)),
    name: name.slice(slash + 1),
    version,
  })
}

/**
 * A language's package as it is looked up; without a version, as an SBOM may name it, it is not (Trivy, pkg/detector/library/detect.go).
 * @param space ends in `::`
 */
export function librarySubject(
  comparer: EcosystemId,
  space: string,
  lookupKey: string,
  version: string,
): ReturnType<NonNullable<IndexingPlugin['subject']>> {
  if (version === '') return { subject: null, skipReason: 'no-version' }
  return {
    subject: { space, lookupKey, comparer, version, arch: null, cpeContext: null, flavour: null },
    skipReason: null,
  }
}

/**
 * The verdicts of an ecosystem whose advisories state ranges of versions.
 * @param satisfies whether a version is in a constraint; undefined when one of them does not parse
 */
export function rangeRules(
  compare: MatchingPlugin['compare'],
  satisfies: (version: string, constraint: string) => boolean | undefined,
): Pick<MatchingPlugin, 'isAffected' | 'fixedVersion' | 'compare'> {
  return {
    isAffected: ({ version }, advisory) =>
      isInVulnerableRange(advisory, (constraint) => satisfies(version, constraint)),
    fixedVersion: libraryFixedVersion,
    compare,
  }
}

/** Those of ecosystems without an order of their own. */
export const genericRules = rangeRules(compareGenericVersions, satisfiesGeneric)
