import { safeText } from '../../core/index.ts'
import type { Style } from '../terminal.ts'
import { tableLines } from './columns.ts'
import type { Report, SbomComparison } from './report.ts'

/** For people: what statements took off the list, in one line or each with its statement. */
export function suppressedLines({ suppressed, showSuppressed }: Report, style: Style): string[] {
  const count = suppressed.length
  if (count === 0) return []
  const what = `${count} ${count === 1 ? 'vulnerability is' : 'vulnerabilities are'} not shown: VEX statements say that they do not matter here`
  if (!showSuppressed) return ['', `${what} (--show-suppressed lists them).`]
  const rows = suppressed.map(({ finding, verdict }) => [
    { text: safeText(finding.match.vulnerabilityId, 60) },
    { text: safeText(finding.package.name, 100) },
    { text: verdict.status.replaceAll('_', ' ') },
    {
      text: safeText(
        [verdict.justification.replaceAll('_', ' '), verdict.impact].filter(Boolean).join(': '),
        120,
      ),
    },
    { text: safeText(verdict.source, 100), paint: style.dim },
  ])
  return ['', `${what}:`, ...tableLines(columns, rows, style.width, style.dim)]
}

const columns = [
  { title: 'VULNERABILITY', minimum: 10, cut: 'never' },
  { title: 'PACKAGE', minimum: 10, cut: 'end' },
  { title: 'STATUS', minimum: 12, cut: 'never' },
  { title: 'WHY', minimum: 10, cut: 'end' },
  { title: 'STATED IN', minimum: 10, cut: 'start' },
] as const

const MOST_NAMED = 10

/** For people: how an SBOM agrees with what was found. */
export function comparisonLines(comparisons: readonly SbomComparison[]): string[] {
  return comparisons.flatMap(({ source, common, onlyInSbom, onlyInImage }) => [
    '',
    `SBOM ${safeText(source, 200)}: ${verdict(common, onlyInSbom.length, onlyInImage.length)}`,
    ...named('only in the SBOM', onlyInSbom),
    ...named('not in the SBOM', onlyInImage),
  ])
}

function verdict(common: number, extra: number, missing: number): string {
  if (extra === 0 && missing === 0) return `agrees with all ${common} packages that were found.`
  const parts = [
    common === 1 ? '1 package agrees' : `${common} packages agree`,
    ...(extra === 0 ? [] : [`it names ${extra} that were not found`]),
    ...(missing === 0 ? [] : [`it misses ${missing} that were found`]),
  ]
  return `${parts.join('; ')}.`
}

function named(title: string, purls: readonly string[]): string[] {
  const more = purls.length - MOST_NAMED
  const lines = purls.slice(0, MOST_NAMED).map((purl) => `  ${title}: ${safeText(purl)}`)
  return more > 0 ? [...lines, `  ${title}: ${more} more`] : lines
}
