import type { ScannedFinding, ScannedGroup } from '../../app/engine.ts'
import type { Severity } from '../../core/index.ts'
import type { VexVerdict } from '../../vex/index.ts'
import { jsonText } from './json-text.ts'
import { primaryUrl } from './primary-url.ts'
import type { Report } from './report.ts'

/** SARIF 2.1.0 (OASIS): one rule a vulnerability, one result a finding, as code-scanning pages show them. */
export function formatSarif(report: Report): string {
  return jsonText(sarifLog(report))
}

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  CRITICAL: 'error',
  HIGH: 'error',
  MEDIUM: 'warning',
  LOW: 'note',
  UNKNOWN: 'note',
}

/** GitHub sorts by this number; where no score is known, the middle of the severity's range. */
const typicalScores: Readonly<Record<Severity, string>> = {
  CRITICAL: '9.5',
  HIGH: '8.0',
  MEDIUM: '5.5',
  LOW: '2.0',
  UNKNOWN: '0.0',
}

interface Row {
  readonly group: Pick<ScannedGroup, 'kind' | 'type'>
  readonly finding: ScannedFinding
  readonly verdict?: VexVerdict
}

function sarifLog(report: Report): object {
  const rows: Row[] = [
    ...report.groups.flatMap((group) => group.findings.map((finding) => ({ group, finding }))),
    ...(report.showSuppressed ? report.suppressed : []),
  ]
  const rules = new Map<string, { readonly index: number; readonly rule: object }>()
  for (const { group, finding } of rows) {
    const id = finding.match.vulnerabilityId
    if (!rules.has(id)) rules.set(id, { index: rules.size, rule: ruleOf(group, finding) })
  }
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Portolan',
            fullName: 'Portolan vulnerability scanner',
            version: report.version,
            rules: Array.from(rules.values(), ({ rule }) => rule),
          },
        },
        ...invocationsOf(report),
        results: rows.map((row) =>
          resultOf(report, row, rules.get(row.finding.match.vulnerabilityId)?.index ?? -1),
        ),
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { ROOTPATH: { uri: 'file:///' } },
        properties: { imageName: report.name, imageDigest: report.image?.digest },
      },
    ],
  }
}

/** What could not be read: a run without results is no proof then (SARIF 2.1.0, 3.20.21). */
function invocationsOf({ scan }: Report): object {
  const { notes } = scan.inventory
  if (notes.length === 0) return {}
  const toolExecutionNotifications = notes.map((text) => ({ level: 'warning', message: { text } }))
  return { invocations: [{ executionSuccessful: true, toolExecutionNotifications }] }
}

function ruleOf(group: Row['group'], finding: ScannedFinding): object {
  const { match, details } = finding
  const id = match.vulnerabilityId
  const title = details?.title || id
  const url = primaryUrl(finding)
  return {
    id,
    name: group.kind === 'os' ? 'OsPackageVulnerability' : 'LanguageSpecificPackageVulnerability',
    shortDescription: { text: title },
    fullDescription: { text: (details?.description || title).slice(0, 1000) },
    defaultConfiguration: { level: levels[match.severity] },
    ...(url === undefined ? {} : { helpUri: url }),
    help: { text: url === undefined ? title : `${title}\n${url}` },
    properties: {
      precision: 'very-high',
      'security-severity': scoreOf(finding),
      tags: ['vulnerability', 'security', match.severity],
    },
  }
}

function resultOf(report: Report, { group, finding, verdict }: Row, ruleIndex: number): object {
  const { match, package: item, path } = finding
  const place = path ?? report.name
  return {
    ruleId: match.vulnerabilityId,
    ruleIndex,
    level: levels[match.severity],
    message: {
      text: [
        `Package: ${item.name}`,
        `Installed version: ${item.version}`,
        `Vulnerability: ${match.vulnerabilityId}`,
        `Severity: ${match.severity}`,
        match.fixedVersion === '' ? `No fix: ${match.status}` : `Fixed version: ${match.fixedVersion}`,
      ].join('\n'),
    },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: relativeUri(place), uriBaseId: 'ROOTPATH' },
          region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 },
        },
        message: { text: `${place}: ${item.name}@${item.version}` },
      },
    ],
    partialFingerprints: {
      'portolan/v1': [group.type, item.name, match.vulnerabilityId, path ?? ''].join('/'),
    },
    ...(verdict === undefined ? {} : { suppressions: [suppression(verdict)] }),
  }
}

/** SARIF 2.1.0, 3.35. */
function suppression({ status, justification, impact, source }: VexVerdict): object {
  const why = [status, justification, impact].filter((text) => text !== '').join(': ')
  return { kind: 'external', status: 'accepted', justification: `${why} (${source})` }
}

function scoreOf({ match, details }: ScannedFinding): string {
  const own = details?.cvss[match.severitySource] ?? details?.cvss['nvd']
  const score = own?.v40Score ?? own?.v3Score
  return score === undefined || score === 0 ? typicalScores[match.severity] : score.toFixed(1)
}

/** A path or an image's name as a relative URI reference (RFC 3986, 4.2). */
function relativeUri(text: string): string {
  return text.replace(/^\/+/, '').split('/').map(encodeURIComponent).join('/')
}
