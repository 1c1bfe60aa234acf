import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { saveInventory } from '../../inventory/sql.ts'
import type { Database } from '../../platform/db/index.ts'
import { eachDatabase } from '../../test-support/databases/index.ts'
import { digestOfText, rowsOf, testInventory } from '../../test-support/domain/index.ts'
import { buildImage } from '../../test-support/image-builder/index.ts'
import {
  allFindings,
  debian,
  lodash,
  npm,
  npmPackage,
  PipelineWorld,
  rows,
} from '../../test-support/pipeline/index.ts'
import { scaled } from '../../test-support/scale.ts'

const tables = ['inventory', 'package_set', 'package', 'subject'] as const
const nothing = { scan: 0, posting: 0, inventory: 0, package_set: 0, package: 0, subject: 0 }

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

  /** As if it had last been used days ago. */
  const age = async (): Promise<void> => {
    for (const table of tables) {
      await db.execute(`update ${table} set last_used_at = now() - interval '3 days'`)
    }
  }
  const counts = async () =>
    (
      await rowsOf(
        db,
        `select ${tables.map((table) => `(select count(*)::int from ${table}) as ${table}`).join(', ')}`,
      )
    )[0]
  const save = (name: string, ...packages: string[]) =>
    saveInventory(db, {
      manifest: digestOfText(name),
      indexerKey: 'test',
      inventory: testInventory(packages, [`${name}@1:app`]),
    })
  /** Names that lead nowhere. */
  const dangling = async (): Promise<unknown[]> =>
    rowsOf(
      db,
      `select 'set' as what from inventory v cross join unnest(v.set_ids) as m (id) where not exists (select from package_set s where s.id = m.id)
       union all select 'package' from package_set s cross join unnest(s.package_ids) as m (id) where not exists (select from package p where p.id = m.id)
       union all select 'subject' from package p where p.skip_reason is null and not exists (select from subject s where s.id = p.subject_id)`,
    )

  it('removes what was replaced, and all that only it named', async () => {
    await world.start()
    const before = await counts()
    await save('an old image', 'zlib@1', 'openssl@3')
    await age()
    await db.execute(
      `insert into match (subject_id, engine, vulnerability_id, severity, severity_source, status, fixed_version, first_generation)
       select s.id, 'portolan', v.id, 1, '', 'affected', '', 1 from subject s, vulnerability v where s.space = 'test 1' limit 2`,
    )
    await db.execute(
      `insert into set_count select id, 1, 1, 0 from package_set where id not in (select unnest(set_ids) from inventory where id in (select inventory_id from image_platform))`,
    )
    expect(await world.pipeline.sweep()).toEqual({
      ...nothing,
      inventory: 1,
      package_set: 2,
      package: 3,
      subject: 3,
    })
    expect(await counts()).toEqual(before)
    expect(
      await rowsOf(db, `select from set_count where set_id not in (select id from package_set)`),
    ).toEqual([])
    expect(await world.pipeline.sweep()).toEqual(nothing)
    expect(await world.brief()).toEqual(allFindings)
  })

  it('leaves alone what was used lately, and what postings of the past name', async () => {
    await world.start()
    await save('not yet shown', 'zlib@1')
    expect(await world.pipeline.sweep()).toEqual(nothing)
    // The tag moves to an image without lodash: its interval is closed.
    world.clock.advance(1_000)
    world.registry.put('acme/api', '1', buildImage({ layers: [debian] }))
    await world.scan()
    await db.execute('update image_platform set inventory_id = null')
    await age()
    await world.pipeline.sweep()
    const kept = await rowsOf<{ name: string }>(
      db,
      'select n.name from package p join name n on n.id = p.name_id order by n.name collate "C"',
    )
    expect(kept.map(({ name }) => name)).toEqual(['libssl3', 'lodash', 'zlib1g'])
    expect(await rowsOf(db, 'select from package_set')).toEqual([])
  })

  it('lets go of what only images hold that are gone for more than 30 days; one that comes back is scanned again', async () => {
    await world.start()
    const first = buildImage({ layers: [debian, npm] })
    world.clock.advance(1_000)
    world.registry.put('acme/api', '1', buildImage({ layers: [debian] }))
    await world.scan()
    const goneFor = async (days: number): Promise<void> => {
      await age()
      await db.execute(
        `update image set gone_at = now() - make_interval(days => $1) where gone_at is not null`,
        [days],
      )
    }
    await goneFor(29)
    expect(await world.pipeline.sweep()).toEqual(nothing)
    await goneFor(31)
    // Postings of the past name lodash.
    expect(await world.pipeline.sweep()).toEqual({ ...nothing, inventory: 1, package_set: 1 })
    world.registry.put('acme/api', '1', first)
    const asked = world.registry.requests.length
    await world.scan()
    expect(world.registry.requests.slice(asked).filter((request) => request.startsWith('blob'))).toHaveLength(
      1,
    )
    expect(await world.brief()).toEqual(allFindings)
    expect(
      await rowsOf(db, `select from image where gone_at is null and scan_status <> 'Completed'`),
    ).toEqual([])
    expect(await dangling()).toEqual([])
  })

  it('removes postings of the past in whose time nothing was known of their package, and so the package', async () => {
    await world.start()
    for (const layers of [[debian, npmPackage(21)], [debian]]) {
      world.clock.advance(1_000)
      world.registry.put('acme/api', '1', buildImage({ layers }))
      await world.scan()
    }
    // That the newer version is affected, too, was known when it had gone.
    const later = {
      ...lodash,
      id: 'CVE-2024-0021',
      vulnerableVersions: ['<4.17.22'],
      patchedVersions: ['4.17.22'],
    }
    await world.use({ ...rows, advisories: [...(rows.advisories ?? []), later] })
    await db.execute(
      'update db_generation set loaded_at = now() where id = (select generation from db_current)',
    )
    const closedFor = async (days: number): Promise<void> => {
      await age()
      for (const table of ['image', 'repository_package']) {
        const closed = `update ${table} set gone_at = now() - make_interval(days => $1) where gone_at is not null`
        await db.execute(closed, [days])
      }
    }
    await closedFor(29)
    expect(await world.pipeline.sweep()).toEqual(nothing)
    await closedFor(31)
    const unknown = { posting: 1, package: 1, subject: 1 }
    expect(await world.pipeline.sweep()).toEqual({ ...nothing, ...unknown, inventory: 2, package_set: 2 })
    // The other version was known to be affected: first seen is told by it.
    expect(
      await rowsOf(
        db,
        `select p.version from repository_package o join package p on p.id = o.package_id where o.gone_at is not null and p.ecosystem = 'npm'`,
      ),
    ).toEqual([{ version: '4.17.20' }])
  })

  it('removes scans of the past, but of each manifest and engine the last, and the last that completed', async () => {
    await world.start()
    const states = ['completed', 'failed', 'completed', 'failed', 'cancelled']
    await db.execute(
      `insert into scan (org_id, manifest_digest, image_id, connection_id, engine, state, finished_at)
       select org_id, manifest_digest, image_id, connection_id, e.engine, t.state, finished_at
       from scan, unnest(array['portolan', 'trivy']) as e (engine), unnest($1::text[]) with ordinality as t (state, no) order by e.engine, t.no`,
      [states],
    )
    const kept = async () => rowsOf(db, 'select engine, state from scan order by id')
    const all = await kept()
    await db.execute(`update scan set finished_at = now() - interval '89 days'`)
    expect(await world.pipeline.sweep()).toEqual(nothing)
    expect(await kept()).toEqual(all)
    await db.execute(`update scan set finished_at = now() - interval '91 days'`)
    expect(await world.pipeline.sweep()).toEqual({ ...nothing, scan: 7 })
    expect(await kept()).toEqual(
      ['portolan', 'trivy'].flatMap((engine) =>
        ['completed', 'cancelled'].map((state) => ({ engine, state })),
      ),
    )
  })

  it('takes nothing that an indexer has just found', async () => {
    await save('old', 'zlib@1', 'openssl@3')
    await age()
    // Found again, and not named by any image yet.
    await save('old', 'zlib@1', 'openssl@3')
    expect(await world.pipeline.sweep()).toEqual(nothing)
    await age()
    // In a set of its own, so that packages are found but no set is.
    await save('new', 'zlib@1')
    await db.execute(`delete from inventory; delete from package_set where cardinality(package_ids) = 2`)
    await world.pipeline.sweep()
    expect(await dangling()).toEqual([])
  })

  it('meets an indexer on the same rows: whoever is second sees it', async () => {
    for (let turn = 0; turn < scaled(15, 500); turn += 1) {
      const packages = [...Array(40).keys()].map((index) => `p${index + (turn % 3)}@1`)
      await save('image', ...packages)
      await age()
      await Promise.all([world.pipeline.sweep(), save('image', ...packages), save('twin', ...packages)])
      expect(await dangling()).toEqual([])
    }
  })
})
