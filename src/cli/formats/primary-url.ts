import type { ScannedFinding } from '../../app/engine.ts'

/** Where a vulnerability is described, by its id (Trivy pkg/vulnerability `getPrimaryURL`). */
const byPrefix: readonly (readonly [prefix: string, url: (id: string) => string])[] = [
  ['CVE-', (id) => `https://avd.aquasec.com/nvd/${id.toLowerCase()}`],
  ['RUSTSEC-', (id) => `https://osv.dev/vulnerability/${id}`],
  ['GHSA-', (id) => `https://github.com/advisories/${id}`],
  ['TEMP-', (id) => `https://security-tracker.debian.org/tracker/${id}`],
]

/** Else the first reference that begins like a page of the advisory's source. */
const bySource: Readonly<Record<string, readonly string[]>> = {
  debian: ['http://www.debian.org', 'https://www.debian.org'],
  ubuntu: ['http://www.ubuntu.com', 'https://usn.ubuntu.com'],
  redhat: ['https://access.redhat.com'],
  'suse-cvrf': ['http://lists.opensuse.org', 'https://lists.opensuse.org'],
  'oracle-oval': ['http://linux.oracle.com/errata', 'https://linux.oracle.com/errata'],
  'nodejs-security-wg': ['https://www.npmjs.com', 'https://hackerone.com'],
  'ruby-advisory-db': ['https://groups.google.com'],
}

/** undefined when nobody is known to describe it, or when the database has no record of it. */
export function primaryUrl({ match, details }: ScannedFinding): string | undefined {
  if (details === null) return undefined
  const id = match.vulnerabilityId
  const known = byPrefix.find(([prefix]) => id.startsWith(prefix))
  if (known !== undefined) return known[1](id)
  const prefixes = bySource[match.dataSource?.id ?? ''] ?? []
  return prefixes.flatMap((prefix) => details.references.filter((url) => url.startsWith(prefix)))[0]
}
