import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { createDiscoveryService } from '../discovery/index.ts'
import { createFindingService } from '../findings/index.ts'
import type { Database } from '../platform/db/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import { rowsOf } from '../test-support/domain/index.ts'
import { buildImage } from '../test-support/image-builder/index.ts'
import { allFindings, debian, lodash, npm, PipelineWorld, rows } from '../test-support/pipeline/index.ts'
import type { DatabaseRows } from '../test-support/vulnerability-database/index.ts'

const without = (id: string): DatabaseRows => ({
  ...rows,
  advisories: (rows.advisories ?? []).filter((row) => row.id !== id),
})

eachDatabase((_name, open) => {
  let db: Database
  let world: PipelineWorld
  beforeAll(async () => {
    db = await open()
  })
  beforeEach(async () => {
    world = await PipelineWorld.begin(db)
  })
  afterEach(() => world.end())

  const counts = (): Promise<unknown[]> =>
    rowsOf(
      db,
      `select v.name, o.severity, o.findings from org_vulnerability o join vulnerability v on v.id = o.vulnerability_id order by 1, 2`,
    )

  it('a finding closes with a change and is open again with a later one, seen first when it was first seen', async () => {
    await world.start()
    const before = (await world.findings())[0]
    expect(await world.use(without('CVE-2024-0001'))).toEqual({ verdicts: 1, details: 0 })
    expect(world.matched).toEqual(['openssl'])
    expect(await world.brief()).toEqual(allFindings.slice(1))
    expect(await counts()).toHaveLength(2)
    await world.use(rows)
    expect(world.matched).toEqual(['openssl'])
    expect(await world.brief()).toEqual(allFindings)
    expect((await world.findings())[0]).toEqual(before)
    expect(
      await rowsOf(
        db,
        'select first_generation, reopened_generation is null as never from match order by never',
      ),
    ).toEqual(
      [
        { first_generation: 1, never: false },
        { first_generation: 1, never: true },
        { first_generation: 1, never: true },
      ].map((row) => ({ ...row, first_generation: expect.any(Number) })),
    )
    expect(await world.events()).toEqual([
      { kind: 'closed', name: 'CVE-2024-0001', everywhere: true, severity: 4 },
      { kind: 'reopened', name: 'CVE-2024-0001', everywhere: true, severity: 4 },
    ])
    expect(world.registry.requests).toEqual([])
  })

  it('a severity follows its details without a match, and so do texts', async () => {
    await world.start()
    const details = [
      { id: 'CVE-2024-0001', title: 'openssl: not so bad', vendorSeverity: { nvd: 'LOW' as const } },
      { id: 'CVE-2024-0003', title: 'zlib: bad, in other words', vendorSeverity: { nvd: 'MEDIUM' as const } },
    ]
    const changed = { ...rows, details: [...details, ...(rows.details ?? []).slice(2)] }
    expect(await world.use(changed)).toEqual({ verdicts: 0, details: 2 })
    expect(world.matched).toEqual([])
    expect(await world.brief()).toEqual([
      'HIGH GHSA-35jh-r3h4-6jhm lodash',
      'MEDIUM CVE-2024-0003 zlib1g',
      'LOW CVE-2024-0001 libssl3',
    ])
    expect((await world.findings()).map((each) => each.title).slice(1)).toEqual([
      'zlib: bad, in other words',
      'openssl: not so bad',
    ])
    const { items } = await createDiscoveryService({ db, clock: world.clock }).listImages('one', {
      limit: 1,
      kind: 'all',
    })
    expect(items[0]?.counts).toMatchObject({ CRITICAL: 0, HIGH: 1, MEDIUM: 1, LOW: 1 })
    expect(await world.events()).toEqual([
      { kind: 'severity-changed', name: 'CVE-2024-0001', everywhere: true, severity: 1 },
    ])
    await world.use({ ...rows, details: [] })
    expect(world.matched).toEqual([])
    expect((await world.findings()).map((each) => each.severity)).toEqual(['UNKNOWN', 'UNKNOWN', 'UNKNOWN'])
  })

  it('a changed data source is matched again, its space only', async () => {
    await world.start()
    const dataSources = [
      { bucket: 'debian 12', id: 'debian', name: 'Another name', url: 'https://example.com' },
      ...(rows.dataSources ?? []).slice(1),
    ]
    expect(await world.use({ ...rows, dataSources })).toBeDefined()
    expect(new Set(world.matched)).toEqual(new Set(['openssl', 'zlib']))
    const [finding] = await world.findings()
    const detail = await createFindingService(db).get('one', finding?.id ?? '')
    expect(detail.dataSource).toMatchObject({ name: 'Another name' })
    expect(await world.events()).toEqual([])
  })

  it('a GHSA that gets its CVE is the same finding: no event, first seen as before, old links lead to it', async () => {
    await world.start()
    const before = (await world.findings())[1]
    expect(before?.vulnerabilityId).toBe('GHSA-35jh-r3h4-6jhm')
    const cve = { ...lodash, id: 'CVE-2021-23337', vendorIds: ['GHSA-35jh-r3h4-6jhm'] }
    await world.use({
      ...rows,
      advisories: [...(rows.advisories ?? []).slice(0, 2), cve],
      details: [
        ...(rows.details ?? []).slice(0, 2),
        { id: 'CVE-2021-23337', vendorSeverity: { ghsa: 'HIGH' } },
      ],
    })
    const after = (await world.findings())[1]
    expect(after).toMatchObject({ vulnerabilityId: 'CVE-2021-23337', firstSeenAt: before?.firstSeenAt })
    expect(await world.events()).toEqual([])
    const linked = await createFindingService(db).get('one', before?.id ?? '')
    expect(linked).toMatchObject({ vulnerabilityId: 'CVE-2021-23337', firstSeenAt: before?.firstSeenAt })
    const canonical = await rowsOf<{ name: string; speaks: string }>(
      db,
      `select v.name, c.name as speaks from vulnerability v join vulnerability c on c.id = v.canonical_id`,
    )
    expect(canonical).toEqual([{ name: 'GHSA-35jh-r3h4-6jhm', speaks: 'CVE-2021-23337' }])
  })

  it('what is pushed opens and closes findings of its repository; the first scan is one event', async () => {
    world.registry.put('acme/api', '1', buildImage({ layers: [debian] }))
    await world.use(rows)
    await world.scan()
    world.registry.put('acme/api', '1', buildImage({ layers: [npm] }))
    await world.scan()
    const event = { everywhere: false, severity: expect.any(Number) }
    expect(await world.events()).toEqual([
      { ...event, kind: 'baseline', name: null, severity: null },
      { ...event, kind: 'closed', name: 'CVE-2024-0001' },
      { ...event, kind: 'closed', name: 'CVE-2024-0003' },
      { ...event, kind: 'opened', name: 'GHSA-35jh-r3h4-6jhm' },
    ])
  })

  it('everything is matched again when what the store was matched with is not known any more', async () => {
    await world.start()
    await db.execute('delete from db_signature')
    expect(await world.use(without('CVE-2024-0001'))).toEqual({ verdicts: null, details: 0 })
    expect(new Set(world.matched)).toEqual(new Set(['openssl', 'zlib', 'lodash']))
    expect(await world.brief()).toEqual(allFindings.slice(1))
    // The signature is there again: the next change is told from it.
    expect(await world.use(rows)).toEqual({ verdicts: 1, details: 0 })
  })
})
