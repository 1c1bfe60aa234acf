import type { Advisory, AdvisoryDatabase, AdvisoryStatus } from '../advisories/index.ts'
import type { Severity } from '../core/index.ts'
import type { EcosystemId, Subject } from '../inventory/index.ts'

/** A version order and the rule that decides with it: what an ecosystem gives to matching. */
export interface MatchingPlugin {
  readonly id: EcosystemId
  /** Raise with any change of verdicts: subjects of this ecosystem are then matched again. */
  readonly matcherVersion: number
  /**
   * Which statements are about this subject at all, where several stand under one id or other things than the version decide
   * (architecture, flavour, product): those that stand, each to be judged by `isAffected`. Absent: all that are found. Of several
   * that affect the subject under one id, the one whose fix sorts last as text is kept (Trivy, pkg/result/filter.go).
   */
  select?(subject: Subject, advisories: readonly Advisory[], database: AdvisoryDatabase): readonly Advisory[]
  /** Whether the version is affected. A version that does not parse is not (Trivy skips it). */
  isAffected(subject: Subject, advisory: Advisory): boolean
  /** What to upgrade to, as people are shown it; '' when no fix is known. */
  fixedVersion(advisory: Advisory): string
  /**
   * Whose word an advisory's own severity and status are, where Trivy's detector honours them for this subject
   * (Debian: `debian`); absent or null: they are ignored.
   */
  packageSeveritySource?(subject: Subject, advisory: Advisory): string | null
  /** Negative, zero, positive; undefined when one of them is no version. */
  compare(left: string, right: string): number | undefined
}

/** A subject is affected by a vulnerability. */
export interface Match {
  readonly vulnerabilityId: string
  readonly severity: Severity
  /** Source id whose severity it is; '' for the record's own word. */
  readonly severitySource: string
  readonly status: AdvisoryStatus
  readonly fixedVersion: string
  readonly vendorIds: readonly string[]
  readonly dataSource: Advisory['dataSource']
  /** Kept so that changed details need no new match: the advisory's own severity where it decides (`severitySource` then says whose). */
  readonly ownSeverity: Severity | null
}

/** Subjects → matches. It reads nothing but the subject and the database. */
export interface Matcher {
  /** Engine's name: part of a match's key. */
  readonly engine: string
  /** Sorted by vulnerability id. */
  match(subject: Subject): readonly Match[]
}
