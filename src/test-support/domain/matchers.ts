/** Matchers whose verdicts are a pure function of (database, subject): what a stale match is can then be told exactly. */
import type { AdvisoryDatabase, VulnerabilityDetails } from '../../advisories/index.ts'
import { type Digest, digestFromHex, type Severity } from '../../core/index.ts'
import type { Subject } from '../../inventory/index.ts'
import type { Match } from '../../matching/index.ts'
import type { changeDatabase, OpenMatcher } from '../../matching/sql.ts'

export interface Verdict {
  readonly id: string
  readonly severity: Severity
  readonly fixedVersion?: string
}

function databaseDigest(number: number): Digest {
  return digestFromHex(number.toString(16).padStart(64, '0'))
}

/** @param number names the database */
export function openMatcher(number: number, verdicts: (subject: Subject) => readonly Verdict[]): OpenMatcher {
  const details = (id: string): VulnerabilityDetails => ({
    id,
    title: `Title of ${id}`,
    description: `Description of ${id}`,
    severity: null,
    vendorSeverity: {},
    cvss: {},
    cweIds: [],
    references: [`https://example.com/${id}`],
    publishedDate: '2024-01-01T00:00:00Z',
    lastModifiedDate: null,
  })
  const database: AdvisoryDatabase = {
    digest: databaseDigest(number),
    updatedAt: Date.UTC(2026, 0, number),
    nextUpdate: Date.UTC(2026, 0, number + 1),
    advisories: () => [],
    details,
    cpes: () => [],
    close: () => undefined,
  }
  const match = (subject: Subject): Match[] =>
    verdicts(subject).map(({ id, severity, fixedVersion = '' }) => ({
      vulnerabilityId: id,
      severity,
      severitySource: 'nvd',
      status: fixedVersion === '' ? 'affected' : 'fixed',
      fixedVersion,
      vendorIds: [],
      dataSource: { id: 'test', name: 'Test', url: 'https://example.com' },
      ownSeverity: null,
    }))
  return { matcher: { engine: 'portolan', match }, database, versions: { test: 1 } }
}

/** What putting a matcher's database into use needs. */
export function changeTo(
  open: OpenMatcher,
  changed: Parameters<typeof changeDatabase>[1]['changed'] = 'all',
) {
  const { digest, updatedAt, nextUpdate } = open.database
  return {
    digest,
    updatedAt: new Date(updatedAt),
    nextUpdate: new Date(nextUpdate),
    loadedAt: new Date(updatedAt),
    source: 'test',
    changed,
  }
}
