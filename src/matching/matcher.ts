import type { Advisory, AdvisoryDatabase, AdvisoryStatus } from '../advisories/index.ts'
import { AppError, BUILT_IN_ENGINE } from '../core/index.ts'
import type { Subject } from '../inventory/index.ts'
import type { Match, Matcher, MatchingPlugin } from './ports.ts'
import { effectiveSeverity } from './severity.ts'

interface MatcherOptions {
  readonly plugins: readonly MatchingPlugin[]
  readonly database: AdvisoryDatabase
}

/**
 * Matches subjects with Trivy's semantics. Pure: equal subjects and an equal database give equal matches.
 * @throws AppError `comparer-unknown` (bug) from `match` for a subject whose ecosystem is not among the plug-ins
 */
export function createMatcher({ plugins, database }: MatcherOptions): Matcher {
  const byId = new Map(plugins.map((plugin) => [plugin.id, plugin]))
  return {
    engine: BUILT_IN_ENGINE,
    match(subject) {
      const plugin = byId.get(subject.comparer) ?? unknownComparer(subject)
      const found = database.advisories(subject.space, subject.lookupKey)
      const affecting = (plugin.select?.(subject, found, database) ?? found).filter((advisory) =>
        plugin.isAffected(subject, advisory),
      )
      return oneOfEach(affecting, plugin)
        .map((advisory) => matchOf(subject, advisory, plugin, database))
        .sort((left, right) => (left.vulnerabilityId < right.vulnerabilityId ? -1 : 1))
    },
  }
}

function oneOfEach(advisories: readonly Advisory[], plugin: MatchingPlugin): readonly Advisory[] {
  const byId = new Map<string, Advisory>()
  for (const advisory of advisories) {
    const known = byId.get(advisory.vulnerabilityId)
    if (known === undefined || plugin.fixedVersion(known) < plugin.fixedVersion(advisory)) {
      byId.set(advisory.vulnerabilityId, advisory)
    }
  }
  return byId.size === advisories.length ? advisories : [...byId.values()]
}

function matchOf(
  subject: Subject,
  advisory: Advisory,
  plugin: MatchingPlugin,
  database: AdvisoryDatabase,
): Match {
  const { vulnerabilityId, dataSource, vendorIds } = advisory
  const details = database.details(vulnerabilityId)
  const packageSource = plugin.packageSeveritySource?.(subject, advisory) ?? null
  const ownSeverity = packageSource === null ? null : advisory.severity
  const own =
    packageSource === null || ownSeverity === null ? null : { severity: ownSeverity, source: packageSource }
  const { severity, source } = effectiveSeverity(
    own,
    dataSource?.baseId ?? dataSource?.id ?? null,
    details?.vendorSeverity,
    details?.severity ?? null,
    vulnerabilityId,
  )
  const fixedVersion = plugin.fixedVersion(advisory)
  return {
    vulnerabilityId,
    severity,
    severitySource: source,
    status: statusOf(fixedVersion, packageSource === null ? null : advisory.status),
    fixedVersion,
    vendorIds,
    dataSource,
    ownSeverity,
  }
}

/** A known fix wins; then the source's word on the pair; else affected. */
function statusOf(fixedVersion: string, stated: AdvisoryStatus | null): AdvisoryStatus {
  if (fixedVersion !== '') return 'fixed'
  return stated === null || stated === 'unknown' ? 'affected' : stated
}

function unknownComparer(subject: Subject): never {
  throw new AppError({
    code: 'comparer-unknown',
    kind: 'bug',
    publicMessage: `No ecosystem is called "${subject.comparer}".`,
    remedy: 'The subject was stored by a version of Portolan that knew it; scan the image again.',
  })
}
