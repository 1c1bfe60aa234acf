import { describe, expect, it } from 'vitest'
import type { ScannedFinding, ScannedGroup } from '../../app/engine.ts'
import { digestFromHex, parseImageReference, type Severity } from '../../core/index.ts'
import { styleOf } from '../terminal.ts'
import { type Format, formatReport } from './index.ts'
import { countFindings, filterFindings, type Report } from './report.ts'

const digest = (letter: string): ReturnType<typeof digestFromHex> => digestFromHex(letter.repeat(64))
const layer = { digest: digest('b'), diffId: digest('c') }

interface Row {
  readonly id: string
  readonly name: string
  readonly severity: Severity
  readonly fixed?: string
  readonly path?: string
  readonly title?: string
}

function finding({ id, name, severity, fixed = '', path, title }: Row): ScannedFinding {
  return {
    match: {
      vulnerabilityId: id,
      severity,
      severitySource: 'nvd',
      status: fixed === '' ? 'will_not_fix' : 'fixed',
      fixedVersion: fixed,
      vendorIds: ['DSA-1'],
      dataSource: { id: 'debian', name: 'Tracker', url: 'https://example.com' },
      ownSeverity: null,
    },
    details:
      title === undefined
        ? null
        : {
            id,
            title,
            description: `About ${id}`,
            severity: null,
            vendorSeverity: { nvd: severity },
            cvss: { nvd: { v3Score: 9.8, v3Vector: 'CVSS:3.1/AV:N' } },
            cweIds: ['CWE-79'],
            references: ['https://example.com/a'],
            publishedDate: '2024-01-01T00:00:00Z',
            lastModifiedDate: null,
          },
    package: {
      ecosystem: 'e',
      name,
      version: '1.0-1',
      arch: 'amd64',
      sourceName: `${name}-src`,
      sourceVersion: '1.0-1',
      purl: `pkg:deb/debian/${name}@1.0-1`,
      licenses: [],
      subject: null,
      skipReason: null,
    },
    path: path ?? null,
    layer,
  }
}

function group(kind: 'os' | 'language', findings: readonly ScannedFinding[]): ScannedGroup {
  return {
    kind,
    type: kind === 'os' ? 'debian' : 'node-pkg',
    title: kind === 'os' ? 'debian 12.4' : 'Node.js',
    packages: findings.map((each) => ({ package: each.package, path: each.path, layer })),
    findings,
  }
}

const groups = [
  group('os', [
    finding({ id: 'CVE-2024-1', name: 'openssl', severity: 'LOW' }),
    finding({ id: 'CVE-2024-2', name: 'zlib', severity: 'CRITICAL', fixed: '1.2', title: 'Bad thing' }),
  ]),
  group('language', [
    finding({
      id: 'GHSA-1',
      name: 'lodash',
      severity: 'HIGH',
      fixed: '4.17.21',
      path: 'app/a b/package.json',
      title: 'T',
    }),
  ]),
]

function reportOf(shown: readonly ScannedGroup[] = groups): Report {
  return {
    name: 'registry.test/acme/app:1',
    groups: shown,
    remote: parseImageReference('registry.test/acme/app:1'),
    config: { os: 'linux', custom: true },
    databaseAge: 'updated 5 hours ago',
    eosl: false,
    databaseDigest: () => digest('d'),
    version: '9.9.9',
    sbom: null,
    suppressed: [],
    showSuppressed: false,
    comparisons: [],
    image: {
      digest: digest('a'),
      image: {
        platform: { os: 'linux', architecture: 'amd64' },
        manifest: { digest: digest('a'), config: { digest: digest('e') } },
      } as NonNullable<Report['image']>['image'],
    },
    scan: {
      databaseUpdatedAt: 0,
      groups: shown,
      inventory: {
        os: { family: 'debian', release: '12.4', extended: false },
        sets: [],
        layers: [layer],
        attribution: [],
        notes: [],
        unresolved: 0,
        names: null,
      },
    },
  }
}

const plain = styleOf({}, {})
const terminal = (columns: number): ReturnType<typeof styleOf> => styleOf({ isTTY: true, columns }, {})
const write = (format: Format, style = plain, report = reportOf()): string =>
  formatReport(format, report, style)
const parse = (format: Format): Record<string, unknown> =>
  JSON.parse(write(format)) as Record<string, unknown>

describe('filterFindings', () => {
  it('keeps the severities and the fixed ones that were asked for', () => {
    const only = (severities: readonly Severity[], ignoreUnfixed = false): string[] =>
      filterFindings(groups, { severities: new Set(severities), ignoreUnfixed }).flatMap((each) =>
        each.findings.map(({ match }) => match.vulnerabilityId),
      )
    expect(only(['LOW', 'HIGH'])).toEqual(['CVE-2024-1', 'GHSA-1'])
    expect(only(['LOW', 'HIGH'], true)).toEqual(['GHSA-1'])
    expect(countFindings(filterFindings(groups, { severities: new Set(), ignoreUnfixed: false }))).toBe(0)
  })
})

describe('the table', () => {
  it('puts the worst first, whole and without colour in a pipe', () => {
    expect(write('table')).toBe(
      [
        'registry.test/acme/app:1  aaaaaaaaaaaa  linux/amd64',
        'Vulnerability data updated 5 hours ago',
        '',
        'debian 12.4  2 packages, 2 vulnerabilities: C 1  H 0  M 0  L 1  U 0',
        '   VULNERABILITY  PACKAGE  INSTALLED  FIXED         TITLE',
        'C  CVE-2024-2     zlib     1.0-1      1.2           Bad thing',
        'L  CVE-2024-1     openssl  1.0-1      will not fix',
        '',
        'Node.js  1 package, 1 vulnerability: C 0  H 1  M 0  L 0  U 0',
        '   VULNERABILITY  PACKAGE  INSTALLED  FIXED    PATH                  TITLE',
        'H  GHSA-1         lodash   1.0-1      4.17.21  app/a b/package.json  T',
        '',
      ].join('\n'),
    )
  })

  it('fits a terminal, in colour', () => {
    const long = group('language', [
      finding({
        id: 'CVE-2024-1',
        name: 'n'.repeat(60),
        severity: 'HIGH',
        fixed: '2.0',
        path: `${'deep/'.repeat(30)}package.json`,
        title: 't'.repeat(70),
      }),
    ])
    const text = write('table', terminal(80), reportOf([long]))
    const lines = text
      .replaceAll(/\u001b\[[\d;]*m/g, '')
      .split('\n')
      .slice(3)
    expect(text).toContain('\u001b[31mH\u001b[0m')
    expect(Math.max(...lines.map((line) => line.length))).toBe(80)
    expect(lines.join('\n')).toMatch(/…[a-z/]*\/package\.json {2}/)
    expect(styleOf({ isTTY: true }, { NO_COLOR: '1' }).bold('x')).toBe('x')
  })

  it('lets nothing of an image move the cursor', () => {
    const evil = '\u001b[2J\u202e\r\n\u0007'
    const row = finding({
      id: `CVE${evil}`,
      name: evil,
      severity: 'LOW',
      fixed: evil,
      path: evil,
      title: evil,
    })
    const report = { ...reportOf([{ ...group('language', [row]), title: evil }]), name: evil }
    const lines = write('table', plain, report)
    expect(lines).not.toMatch(/[\p{Cf}\u0000-\u0009\u000b-\u001f]/u)
    expect(lines.split('\n')).toHaveLength(7)
  })

  it('warns of a release whose support has ended', () => {
    const report = reportOf()
    const os = { family: 'debian', release: '8.11', extended: false, endOfLife: '2020-06-30T23:59:59Z' }
    const ended = {
      ...report,
      eosl: true,
      scan: { ...report.scan, inventory: { ...report.scan.inventory, os } },
    }
    expect(write('table', plain, ended)).toContain('\nSupport of debian 8.11 ended on 2020-06-30: ')
    expect(write('table')).not.toContain('Support of')
    expect(JSON.parse(write('trivy', plain, ended))).toMatchObject({
      Metadata: { OS: { Family: 'debian', Name: '8.11', EOSL: true } },
    })
    expect(write('trivy')).not.toContain('EOSL')
    expect(JSON.parse(write('json', plain, ended))).toMatchObject({ image: { os: { ...os, eosl: true } } })
    expect(parse('json')).toMatchObject({ image: { os: { eosl: false } } })
  })

  const [system] = groups
  const verdict = {
    status: 'not_affected',
    justification: 'vulnerable_code_not_present',
    impact: 'built without it',
    author: 'A',
    source: 'vex.json',
  } as const
  const suppressed = (showSuppressed: boolean): Report => ({
    ...reportOf(),
    showSuppressed,
    suppressed:
      system?.findings[0] === undefined ? [] : [{ group: system, finding: system.findings[0], verdict }],
  })

  it('counts what statements took off the list, or lists it', () => {
    expect(write('table', plain, suppressed(false))).toContain(
      '\n1 vulnerability is not shown: VEX statements',
    )
    const lines = write('table', plain, suppressed(true))
    expect(lines).toMatch(
      /CVE-2024-1 +openssl +not affected +vulnerable code not present: built without it +vex\.json/,
    )
    expect(JSON.parse(write('json', plain, suppressed(false)))).toMatchObject({
      suppressed: [{ vulnerability: 'CVE-2024-1', vex: verdict }],
    })
    expect(write('trivy', plain, suppressed(false))).not.toContain('Modified')
    expect(JSON.parse(write('trivy', plain, suppressed(true)))).toMatchObject({
      Results: [
        {
          ExperimentalModifiedFindings: [
            {
              Type: 'vulnerability',
              Status: 'not_affected',
              Statement: 'vulnerable_code_not_present',
              Source: 'vex.json',
              Finding: { VulnerabilityID: 'CVE-2024-1' },
            },
          ],
        },
        {},
      ],
    })
    expect(write('sarif', plain, suppressed(false))).not.toContain('suppressions')
    expect(write('sarif', plain, suppressed(true))).toContain('built without it (vex.json)')
  })

  it('says how an SBOM agrees', () => {
    const compared = (onlyInSbom: string[], onlyInImage: string[]): string => {
      const comparison = { source: 'a.json', common: 3, onlyInSbom, onlyInImage }
      return write('table', plain, { ...reportOf(), comparisons: [comparison] })
    }
    expect(compared([], [])).toContain('SBOM a.json: agrees with all 3 packages that were found.')
    expect(compared(['pkg:npm/a@1'], ['pkg:npm/b@1'])).toContain(
      'SBOM a.json: 3 packages agree; it names 1 that were not found; it misses 1 that were found.\n  only in the SBOM: pkg:npm/a@1\n  not in the SBOM: pkg:npm/b@1\n',
    )
  })

  it('says when there is nothing', () => {
    expect(write('table', plain, reportOf([{ ...group('os', []), packages: [] }]))).toContain(
      '0 packages, no vulnerabilities',
    )
    expect(write('table', plain, reportOf([]))).toContain('No packages were found.')
  })
})

describe('json', () => {
  it('is documented, complete, and null where nothing is known', () => {
    const report = parse('json')
    expect(report).toMatchObject({
      formatVersion: 1,
      portolan: '9.9.9',
      image: { name: 'registry.test/acme/app:1', digest: digest('a'), platform: 'linux/amd64', packages: 3 },
      database: { digest: digest('d'), updatedAt: '1970-01-01T00:00:00.000Z' },
      counts: { CRITICAL: 1, HIGH: 1, LOW: 1 },
    })
    const [first, second] = report['findings'] as Record<string, unknown>[]
    expect(first).toMatchObject({
      vulnerability: 'CVE-2024-1',
      fixedVersion: null,
      title: null,
      url: null,
      layer,
    })
    expect(second).toMatchObject({ fixedVersion: '1.2', url: 'https://avd.aquasec.com/nvd/cve-2024-2' })
    expect(Object.keys(first ?? {}).toSorted()).toEqual(Object.keys(second ?? {}).toSorted())
  })
})

describe('trivy', () => {
  it('has the shape of Trivy, and leaves out what Trivy leaves out', () => {
    const report = parse('trivy')
    expect(report).toMatchObject({
      SchemaVersion: 2,
      ArtifactName: 'registry.test/acme/app:1',
      ArtifactType: 'container_image',
      Metadata: {
        OS: { Family: 'debian', Name: '12.4' },
        ImageID: digest('e'),
        DiffIDs: [digest('c')],
        RepoTags: ['registry.test/acme/app:1'],
        RepoDigests: [`registry.test/acme/app@${digest('a')}`],
        ImageConfig: { os: 'linux', custom: true },
      },
    })
    const [os, language] = report['Results'] as Record<string, unknown>[]
    expect(os).toMatchObject({
      Target: 'registry.test/acme/app:1 (debian 12.4)',
      Class: 'os-pkgs',
      Type: 'debian',
    })
    expect(language).toMatchObject({ Target: 'Node.js', Class: 'lang-pkgs', Type: 'node-pkg' })
    const [unknown, known] = (os?.['Vulnerabilities'] ?? []) as Record<string, unknown>[]
    expect(unknown).not.toHaveProperty('Title')
    expect(unknown).not.toHaveProperty('FixedVersion')
    expect(unknown).not.toHaveProperty('PrimaryURL')
    expect(known).toMatchObject({
      VulnerabilityID: 'CVE-2024-2',
      PkgID: 'zlib@1.0-1',
      PkgIdentifier: { PURL: 'pkg:deb/debian/zlib@1.0-1' },
      Status: 'fixed',
      Layer: { Digest: digest('b'), DiffID: digest('c') },
      CVSS: { nvd: { V3Vector: 'CVSS:3.1/AV:N', V3Score: 9.8 } },
    })
  })
})

describe('sarif', () => {
  it('has one rule a vulnerability and one result a finding', () => {
    const twice = group('os', [
      finding({ id: 'CVE-2024-2', name: 'zlib', severity: 'CRITICAL', title: 'Bad' }),
      finding({ id: 'CVE-2024-2', name: 'zlib-dev', severity: 'CRITICAL', title: 'Bad' }),
    ])
    const log = JSON.parse(write('sarif', plain, reportOf([twice]))) as {
      version: string
      runs: { tool: { driver: { rules: object[] } }; results: Record<string, unknown>[] }[]
    }
    const [run] = log.runs
    expect(log.version).toBe('2.1.0')
    expect(run?.tool.driver.rules).toMatchObject([
      {
        id: 'CVE-2024-2',
        defaultConfiguration: { level: 'error' },
        properties: { 'security-severity': '9.8' },
      },
    ])
    expect(run?.results.map((result) => result['ruleIndex'])).toEqual([0, 0])
  })

  it('tells what could not be read as notifications of the run', () => {
    expect(JSON.parse(write('sarif'))).not.toHaveProperty('runs.0.invocations')
    const report = reportOf()
    const inventory = { ...report.scan.inventory, notes: ['left out a of b: c'] }
    const log = write('sarif', plain, { ...report, scan: { ...report.scan, inventory } })
    expect(JSON.parse(log)).toMatchObject({
      runs: [
        {
          invocations: [
            {
              executionSuccessful: true,
              toolExecutionNotifications: [{ level: 'warning', message: { text: 'left out a of b: c' } }],
            },
          ],
        },
      ],
    })
  })

  it('writes places as relative references', () => {
    expect(write('sarif')).toContain('"uri": "app/a%20b/package.json"')
    expect(write('sarif')).toContain('"uri": "registry.test/acme/app%3A1"')
  })
})
