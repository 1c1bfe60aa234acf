import type { ScannedFinding, ScannedGroup } from '../../app/engine.ts'
import {
  countSeverities,
  formatPlatform,
  safeText,
  SEVERITIES,
  type Severity,
  severityRank,
  shortDigest,
} from '../../core/index.ts'
import type { Style } from '../terminal.ts'
import { type Cell, type Column, tableLines } from './columns.ts'
import type { Report } from './report.ts'
import { comparisonLines, suppressedLines } from './vex-lines.ts'

const worstFirst = SEVERITIES.toReversed()

/** For people: what to look at first stands first. Nothing from the image reaches the terminal but through safeText. */
export function formatTable(report: Report, style: Style): string {
  const { scan, groups, databaseAge, eosl } = report
  const by = scan.engine === undefined ? '' : safeText(`${scan.engine.label} ${scan.engine.version} · `, 100)
  const lines = [heading(report, style), style.dim(`${by}Vulnerability data ${databaseAge}`)]
  if (eosl) lines.push(style.bold(endOfLife(scan.inventory.os)))
  for (const group of groups) lines.push('', ...groupLines(group, style))
  if (groups.length === 0) lines.push('', 'No packages were found.')
  lines.push(...suppressedLines(report, style), ...comparisonLines(report.comparisons))
  if (scan.inventory.notes.length > 0) {
    lines.push('', 'Left out:', ...scan.inventory.notes.map((note) => `  ${safeText(note)}`))
  }
  return `${lines.join('\n')}\n`
}

function heading({ name, image, sbom }: Report, style: Style): string {
  const title = style.bold(safeText(name))
  if (image !== null) return `${title}  ${shortDigest(image.digest)}  ${formatPlatform(image.image.platform)}`
  const format = sbom?.format === 'spdx' ? 'SPDX' : 'CycloneDX'
  return `${title}  ${format} ${safeText(sbom?.specVersion ?? '', 20)}`
}

/** What is found stays what it is; what is not fixed any more is not told. */
function endOfLife(os: Report['scan']['inventory']['os']): string {
  const day = os?.endOfLife?.slice(0, 10) ?? ''
  const system = safeText(`${os?.family ?? ''} ${os?.release ?? ''}`, 100)
  return `Support of ${system} ended on ${day}: new vulnerabilities may not be listed or fixed.`
}

function groupLines(group: ScannedGroup, style: Style): string[] {
  const { findings, packages } = group
  const counts = countSeverities(findings.map(({ match }) => match.severity))
  const totals = worstFirst.map((severity) =>
    style.severity(severity, `${letter(severity)} ${counts[severity]}`),
  )
  const title = `${style.bold(safeText(group.title))}  ${plural(packages.length, 'package')}, `
  if (findings.length === 0) return [`${title}no vulnerabilities`]
  const columns =
    group.kind === 'os' ? osColumns : [...osColumns.slice(0, 5), pathColumn, ...osColumns.slice(5)]
  const rows = findings.toSorted(byUrgency).map((finding) => cells(finding, group.kind, style))
  const head = `${title}${findings.length === 1 ? '1 vulnerability' : `${findings.length} vulnerabilities`}: ${totals.join('  ')}`
  return [head, ...tableLines(columns, rows, style.width, style.dim)]
}

const osColumns: readonly Column[] = [
  { title: '', minimum: 1, cut: 'never' },
  { title: 'VULNERABILITY', minimum: 10, cut: 'never' },
  { title: 'PACKAGE', minimum: 10, cut: 'end' },
  { title: 'INSTALLED', minimum: 9, cut: 'end' },
  { title: 'FIXED', minimum: 9, cut: 'end' },
  { title: 'TITLE', minimum: 5, cut: 'end' },
]
const pathColumn: Column = { title: 'PATH', minimum: 16, cut: 'start' }
const longestTitle = 72

function cells(finding: ScannedFinding, kind: ScannedGroup['kind'], style: Style): Cell[] {
  const { match, package: item, path, details } = finding
  const fixed =
    match.fixedVersion === '' ? match.status.replaceAll('_', ' ') : safeText(match.fixedVersion, 100)
  return [
    { text: letter(match.severity), paint: (text) => style.severity(match.severity, text) },
    { text: safeText(match.vulnerabilityId, 60) },
    { text: safeText(item.name, 100) },
    { text: safeText(item.version, 60) },
    match.fixedVersion === '' ? { text: fixed, paint: style.dim } : { text: fixed },
    ...(kind === 'os' ? [] : [{ text: safeText(path ?? '', 200) }]),
    { text: safeText(details?.title ?? '', longestTitle), paint: style.dim },
  ]
}

function byUrgency(left: ScannedFinding, right: ScannedFinding): number {
  return severityRank(right.match.severity) - severityRank(left.match.severity)
}

function letter(severity: Severity): string {
  return severity.slice(0, 1)
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
