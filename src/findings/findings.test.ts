import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Severity } from '../core/index.ts'
import type { Subject } from '../inventory/index.ts'
import { changeDatabase, drainStale, foldSetCounts, type OpenMatcher } from '../matching/sql.ts'
import type { Database } from '../platform/db/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import {
  addConnection,
  changeTo,
  digestOfText,
  emptyDatabase,
  holdImage,
  ManualClock,
  openMatcher,
  rowsOf,
  testInventory,
  type Verdict,
} from '../test-support/domain/index.ts'
import { scaled } from '../test-support/scale.ts'
import {
  countEverywhere,
  createFindingService,
  dueRepositories,
  foldCounters,
  recomputePostings,
  recountChanged,
} from './index.ts'
import type { FindingFilters, FindingView } from './ports.ts'

/** Verdicts by `name@version`, or by name for all its versions. */
type Rules = Readonly<Record<string, readonly (readonly [id: string, severity: Severity, fixed?: string])[]>>

function matcher(number: number, rules: Rules): OpenMatcher {
  return openMatcher(number, ({ lookupKey, version }: Subject) =>
    (rules[`${lookupKey}@${version}`] ?? rules[lookupKey] ?? []).map(
      ([id, severity, fixedVersion]): Verdict => ({
        id,
        severity,
        ...(fixedVersion === undefined ? {} : { fixedVersion }),
      }),
    ),
  )
}

const rules: Rules = {
  openssl: [
    ['CVE-1', 'CRITICAL', '4'],
    ['CVE-2', 'LOW'],
  ],
  zlib: [['CVE-3', 'HIGH', '2']],
  'left-pad': [['GHSA-x', 'MEDIUM', '2.0.0']],
}

eachDatabase((name, open) => {
  let db: Database
  let clock: ManualClock
  beforeAll(async () => {
    db = await open()
  })
  beforeEach(async () => {
    await emptyDatabase(db)
    clock = new ManualClock()
  })

  const refresh = async (): Promise<void> => {
    for (let due = await dueRepositories(db, 50); due.length > 0; due = await dueRepositories(db, 50)) {
      for (const id of due) await recomputePostings(db, id, new Date(clock.now()))
    }
    while ((await foldSetCounts(db)) > 0);
    while ((await foldCounters(db)) > 0);
  }
  const use = async (used: OpenMatcher): Promise<void> => {
    await changeDatabase(db, { ...changeTo(used), loadedAt: new Date(clock.now()) })
    await drainStale({ db, observer: recountChanged }, used)
    await refresh()
  }
  const counters = () =>
    rowsOf(
      db,
      `select org_id, vulnerability_id, severity, findings, repositories, fixable from org_vulnerability order by 1, 2, 3`,
    )
  const list = async (orgId: string, filters: FindingFilters = {}, limit = 50): Promise<FindingView[]> => {
    const items: FindingView[] = []
    let cursor: string | undefined
    do {
      const page = await createFindingService(db).list(orgId, { ...filters, limit, cursor })
      items.push(...page.items)
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    return items
  }
  const brief = (finding: FindingView): string =>
    `${finding.severity[0]} ${finding.vulnerabilityId} ${finding.repository.path} ${finding.packageName} ${finding.installedVersions.join('+')}`

  it('derives findings, worst first, with what is shown of them', async () => {
    await holdImage(
      db,
      'one',
      'acme/api',
      '1',
      testInventory(['openssl@3', 'zlib@1'], ['left-pad@1:app/package.json']),
    )
    await holdImage(db, 'one', 'acme/api', '2', testInventory(['openssl@2', 'curl@8']))
    await holdImage(db, 'one', 'acme/web', '1', testInventory(['zlib@1']))
    await use(matcher(1, rules))
    expect((await list('one')).map(brief)).toEqual([
      'C CVE-1 acme/api openssl 2+3',
      'H CVE-3 acme/api zlib 1',
      'H CVE-3 acme/web zlib 1',
      'M GHSA-x acme/api left-pad 1',
      'L CVE-2 acme/api openssl 2+3',
    ])
    const [critical, , , medium] = await list('one')
    expect(critical).toMatchObject({
      title: 'Title of CVE-1',
      ecosystem: 'test',
      fixedVersion: '4',
      status: 'fixed',
      images: 2,
      paths: [],
      firstSeenAt: new Date(clock.now()).toISOString(),
    })
    expect(medium?.paths).toEqual(['app/package.json'])
    const detail = await createFindingService(db).get('one', medium?.id ?? '')
    expect(detail).toMatchObject({
      vulnerabilityId: 'GHSA-x',
      severitySource: 'nvd',
      description: 'Description of GHSA-x',
      dataSource: { id: 'test', name: 'Test', url: 'https://example.com' },
      references: ['https://example.com/GHSA-x'],
      publishedAt: '2024-01-01T00:00:00.000Z',
      occurrences: [
        {
          tags: ['1'],
          platform: 'linux/amd64',
          installedVersion: '1',
          fixedVersion: '2.0.0',
          path: 'app/package.json',
          layer: { digest: digestOfText('layer 1'), diffId: digestOfText('diff 1'), ordinal: 1 },
        },
      ],
    })
  })

  it('filters from every side and pages alike', async () => {
    const connectionId = await addConnection(db, 'one')
    for (let index = 0; index < 6; index += 1) {
      const packages = index % 2 === 0 ? ['openssl@3', 'zlib@1'] : ['openssl@3', 'curl@8']
      const inventory = testInventory([...packages, `own${index}@1`])
      await holdImage(db, 'one', `acme/r${index}`, '1', inventory, index < 2 ? { connectionId } : {})
    }
    await use(matcher(1, rules))
    const all = await list('one')
    expect(all).toHaveLength(15)
    const [first] = await rowsOf<{ id: number }>(db, `select id from repository where path = 'acme/r0'`)
    const cases: [FindingFilters, (finding: FindingView) => boolean][] = [
      [{}, () => true],
      [{ severity: ['CRITICAL', 'HIGH'] }, (each) => ['CRITICAL', 'HIGH'].includes(each.severity)],
      [{ severity: ['UNKNOWN'] }, () => false],
      [{ package: 'zlib' }, (each) => each.packageName === 'zlib'],
      [{ package: 'zli' }, () => false],
      [{ cve: 'CVE-2' }, (each) => each.vulnerabilityId === 'CVE-2'],
      [{ cve: 'cve-2' }, (each) => each.vulnerabilityId === 'CVE-2'],
      [{ cve: 'CVE-404' }, () => false],
      [{ repository: first?.id ?? 0 }, (each) => each.repository.path === 'acme/r0'],
      [{ repository: 2 ** 40 }, () => false],
      [{ connection: connectionId }, (each) => /r[01]$/.test(each.repository.path)],
      [{ fix: 'yes' }, (each) => each.fixedVersion !== ''],
      [{ fix: 'no' }, (each) => each.fixedVersion === ''],
      [
        { fix: 'no', package: 'openssl', connection: connectionId },
        (each) => each.vulnerabilityId === 'CVE-2' && /r[01]$/.test(each.repository.path),
      ],
      [
        { severity: ['LOW'], repository: first?.id ?? 0 },
        (each) => each.severity === 'LOW' && each.repository.path === 'acme/r0',
      ],
      [{ cve: 'CVE-1', package: 'openssl' }, (each) => each.vulnerabilityId === 'CVE-1'],
    ]
    for (const [filters, matches] of cases) {
      const expected = all.filter(matches).map(brief)
      for (const limit of [1, 4, 50]) expect((await list('one', filters, limit)).map(brief)).toEqual(expected)
      const service = createFindingService(db)
      expect((await service.list('one', { ...filters, limit: 1 })).total).toBe(String(expected.length))
      const { severity: _, ...others } = filters
      const { counts } = await service.summary('one', others)
      expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(
        (await list('one', others)).length,
      )
    }
  })

  it('lists an image as a scanner does: row by row of its worst platform', async () => {
    const inventory = testInventory(['openssl@3', 'zlib@1'], ['left-pad@1:a', 'left-pad@1:b'])
    await holdImage(db, 'one', 'acme/api', '1', inventory, { selected: false })
    await use(matcher(1, rules))
    const digest = digestOfText(JSON.stringify(inventory))
    const rows = await list('one', { digest }, 2)
    expect(rows.map((row) => `${row.severity[0]} ${row.packageName} ${row.paths.join()}`)).toEqual([
      'C openssl ',
      'H zlib ',
      'M left-pad a',
      'M left-pad b',
      'L openssl ',
    ])
    expect(new Set(rows.map((row) => row.id)).size).toBe(5)
    const service = createFindingService(db)
    expect((await service.summary('one', { digest })).counts).toEqual({
      CRITICAL: 1,
      HIGH: 1,
      MEDIUM: 2,
      LOW: 1,
      UNKNOWN: 0,
    })
    expect(await list('one', { digest, package: 'left-pad', fix: 'yes', severity: ['MEDIUM'] })).toHaveLength(
      2,
    )
    expect(await service.get('one', rows[2]?.id ?? '')).toMatchObject({
      vulnerabilityId: 'GHSA-x',
      images: 1,
      occurrences: [{}, {}],
    })
    expect(await list('one')).toEqual([])
    expect(await list('one', { digest: digestOfText('unknown') })).toEqual([])
  })

  it('keeps intervals: gone with the image, back with its first sight', async () => {
    const { imageId, repositoryId } = await holdImage(db, 'one', 'acme/api', '1', testInventory(['zlib@1']))
    await use(matcher(1, rules))
    const seen = new Date(clock.now()).toISOString()
    const select = async (selected: boolean): Promise<void> => {
      clock.advance(1_000)
      await db.execute('update image set selected = $1 where id = $2', [selected, imageId])
      await db.execute('update repository set postings_due = true where id = $1', [repositoryId])
      await refresh()
    }
    await select(false)
    expect(await list('one')).toEqual([])
    expect(await counters()).toEqual([])
    await select(true)
    expect(await list('one')).toMatchObject([{ firstSeenAt: seen }])
    expect(await rowsOf(db, 'select gone_at is null as open from repository_package order by since')).toEqual(
      [{ open: false }, { open: true }],
    )
    await refresh()
    expect(await rowsOf(db, 'select 1 from repository_package')).toHaveLength(2)
  })

  it('was first seen when a package was there and known to be affected at once', async () => {
    const hold = async (path: string, ...packages: string[]) => {
      clock.advance(1_000)
      const held = await holdImage(db, 'one', path, packages.join(), testInventory(packages))
      await refresh()
      return held
    }
    const learn = async (number: number, affected: readonly string[]): Promise<OpenMatcher> => {
      clock.advance(1_000)
      const known = matcher(number, Object.fromEntries(affected.map((each) => [each, [['CVE-3', 'HIGH']]])))
      await use(known)
      return known
    }
    await hold('acme/other', 'zlib@1', 'zlib@0')
    await learn(1, ['zlib@0'])
    // Taken back before api holds it.
    await learn(2, [])
    const { imageId, repositoryId } = await hold('acme/api', 'zlib@1', 'zlib@0')
    clock.advance(1_000)
    await db.execute('update image set selected = false where id = $1', [imageId])
    await db.execute('update repository set postings_due = true where id = $1', [repositoryId])
    await refresh()
    // Known when api no longer holds it.
    const known = await learn(3, ['zlib@1', 'zlib@2'])
    const ofApi = { repository: repositoryId }
    expect(await list('one', ofApi)).toEqual([])
    await hold('acme/api', 'zlib@2', 'zlib@0')
    await drainStale({ db, observer: recountChanged }, known)
    await refresh()
    expect(await list('one', ofApi)).toMatchObject([
      { installedVersions: ['2'], firstSeenAt: new Date(clock.now()).toISOString() },
    ])
  })

  it('follows new vulnerability data: opened, worse, fixed', async () => {
    await holdImage(db, 'one', 'acme/api', '1', testInventory(['openssl@3', 'zlib@1']))
    await use(matcher(1, { zlib: [['CVE-3', 'LOW']] }))
    expect((await list('one')).map(brief)).toEqual(['L CVE-3 acme/api zlib 1'])
    clock.advance(5_000)
    await use(matcher(2, { zlib: [['CVE-3', 'CRITICAL', '2']], openssl: [['CVE-1', 'HIGH']] }))
    const findings = await list('one')
    expect(findings.map(brief)).toEqual(['C CVE-3 acme/api zlib 1', 'H CVE-1 acme/api openssl 3'])
    expect(Date.parse(findings[1]?.firstSeenAt ?? '') - Date.parse(findings[0]?.firstSeenAt ?? '')).toBe(
      5_000,
    )
    await use(matcher(3, {}))
    expect(await list('one')).toEqual([])
    expect(await counters()).toEqual([])
  })

  it('a finding has the worst severity of its versions', async () => {
    await holdImage(db, 'one', 'acme/api', '1', testInventory(['zlib@1']))
    await holdImage(db, 'one', 'acme/api', '2', testInventory(['zlib@2']))
    await use(matcher(1, { 'zlib@1': [['CVE-3', 'LOW']], 'zlib@2': [['CVE-3', 'HIGH', '3']] }))
    const found = await list('one')
    expect(found.map(brief)).toEqual(['H CVE-3 acme/api zlib 1+2'])
    expect(await list('one', { severity: ['LOW'] })).toEqual([])
    expect(await list('one', { package: 'zlib', severity: ['LOW'] })).toEqual([])
  })

  it.each(['', 'x', 'WzFd', '../..', 'a.b.c', 'W251bGwsMV0'])('knows no finding %j', async (id) => {
    await expect(createFindingService(db).get('one', id)).rejects.toMatchObject({ code: 'finding-not-found' })
  })

  it('refuses a cursor of another list', async () => {
    const query = { limit: 1, cursor: 'WzFd' }
    await expect(createFindingService(db).list('one', query)).rejects.toMatchObject({
      code: 'cursor-invalid',
    })
  })

  /** Postings and matches change at random and at once; the folded counters must equal a count from the beginning. */
  it(`keeps counters without drift through ${scaled(40, 400)} random changes`, {
    timeout: 600_000,
  }, async () => {
    let seed = 42
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return Math.floor((seed / 2_147_483_648) * below)
    }
    const severities = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const
    const randomRules = (): Rules =>
      Object.fromEntries(
        Array.from({ length: 24 }, (_, index) => [
          `p${index % 8}@${Math.floor(index / 8)}`,
          [0, 1, 2]
            .filter(() => random(3) > 0)
            .map((id) => [`CVE-${id}`, severities[random(4)] ?? 'LOW', random(2) === 0 ? '' : '9'] as const),
        ]),
      )
    let current = matcher(1, randomRules())
    await use(current)
    for (let round = 2; round < scaled(40, 400); round += 1) {
      clock.advance(10)
      const repositories: number[] = []
      for (let index = 0; index < 4; index += 1) {
        const packages = Array.from({ length: 4 }, () => `p${random(8)}@${random(3)}`)
        const inventory = testInventory([...new Set(packages)])
        const org = index === 0 ? 'two' : 'one'
        const selected = random(4) > 0
        const held = await holdImage(db, org, `acme/r${index}`, `t${random(3)}`, inventory, { selected })
        repositories.push(held.repositoryId)
      }
      if (random(2) === 0) {
        current = matcher(round, randomRules())
        await changeDatabase(db, changeTo(current))
      }
      await Promise.all([
        drainStale({ db, observer: recountChanged }, current),
        ...repositories.map((id) => recomputePostings(db, id, new Date(clock.now()))),
        random(2) === 0 ? foldCounters(db) : undefined,
      ])
    }
    await refresh()
    expect(await counters()).toEqual(await countEverywhere(db.lane('bulk')))
    expect((await counters()).length).toBeGreaterThan(4)
    expect(await rowsOf(db, 'select id from change_log')).toEqual([])
  })

  it('a posting that changes while matches change is counted by the matches that come', async () => {
    await use(matcher(1, { zlib: [['CVE-3', 'LOW']] }))
    await holdImage(db, 'one', 'acme/api', '1', testInventory(['zlib@1']))
    await use(matcher(2, { zlib: [['CVE-3', 'LOW']] }))
    const { repositoryId } = await holdImage(db, 'one', 'acme/web', '1', testInventory(['zlib@1']))
    await changeDatabase(db, changeTo(matcher(3, { zlib: [['CVE-3', 'CRITICAL']] })))
    let recomputed: Promise<unknown> | undefined
    const observer: typeof recountChanged = async (tx, changed) => {
      await recountChanged(tx, changed)
      let done = false
      recomputed = recomputePostings(db, repositoryId, new Date(clock.now())).finally(() => {
        done = true
      })
      // On PostgreSQL it must come to wait for this transaction; the embedded database lets no other begin.
      if (name === 'embedded') return
      while (!done) {
        const waiting = await rowsOf(db, `select 1 from pg_locks where locktype = 'advisory' and not granted`)
        if (waiting.length > 0) return
      }
    }
    await drainStale({ db, observer }, matcher(3, { zlib: [['CVE-3', 'CRITICAL']] }))
    await recomputed
    await refresh()
    expect(await counters()).toEqual(await countEverywhere(db.lane('bulk')))
    expect(await counters()).toMatchObject([{ severity: 4, findings: 2, repositories: 2 }])
  })

  describe('two organisations, one layer', () => {
    it('the second sees, counts and learns nothing of the first', async () => {
      const connection = await addConnection(db, 'one')
      const shared = testInventory(['openssl@3', 'zlib@1'])
      const held = await holdImage(db, 'one', 'acme/secret', '1', shared, { connectionId: connection })
      await holdImage(db, 'two', 'acme/public', '1', testInventory(['zlib@1']))
      await use(matcher(1, rules))
      const service = createFindingService(db)
      const mine = await list('two')
      expect(mine.map(brief)).toEqual(['H CVE-3 acme/public zlib 1'])
      expect((await service.summary('two', {})).counts).toMatchObject({ CRITICAL: 0, HIGH: 1 })
      const digest = digestOfText(JSON.stringify(shared))
      for (const filters of [
        { digest },
        { repository: held.repositoryId },
        { connection },
        { package: 'openssl' },
        { cve: 'CVE-1' },
        { severity: ['CRITICAL'] as const },
      ]) {
        expect(await service.list('two', { ...filters, limit: 10 })).toEqual({
          items: [],
          nextCursor: null,
          total: '0',
        })
        const { counts } = await service.summary('two', filters)
        expect(counts.CRITICAL).toBe(0)
      }
      for (const finding of [...(await list('one')), ...(await list('one', { digest }))]) {
        await expect(service.get('two', finding.id)).rejects.toMatchObject({ code: 'finding-not-found' })
      }
      expect(mine[0]?.images).toBe(1)
      expect((await service.get('two', mine[0]?.id ?? '')).occurrences).toHaveLength(1)
      expect(JSON.stringify(await service.get('two', mine[0]?.id ?? ''))).not.toContain('secret')
    })
  })
})
