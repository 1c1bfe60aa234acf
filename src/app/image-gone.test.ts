import { beforeAll, expect, it } from 'vitest'
import type { Database } from '../platform/db/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import { rowsOf } from '../test-support/domain/index.ts'
import { buildImage } from '../test-support/image-builder/index.ts'
import { allFindings, debian, PipelineWorld } from '../test-support/pipeline/index.ts'

eachDatabase((_name, open) => {
  let db: Database
  beforeAll(async () => {
    db = await open()
  })

  const closed = () =>
    rowsOf<{ name: string; because: string | null }>(
      db,
      `select v.name, e.data ->> 'because' as because from finding_event e join vulnerability v on v.id = e.vulnerability_id
       where e.kind = 'closed' order by v.name`,
    )

  async function scanned(): Promise<PipelineWorld> {
    const world = await PipelineWorld.begin(db)
    await world.start()
    expect(await world.brief()).toEqual(allFindings)
    return world
  }

  it.each([
    'tag',
    'repository',
  ])('findings of a deleted %s close as "image gone", with their history', async (what) => {
    const world = await scanned()
    world.registry.put('acme/other', '1', buildImage({ layers: [debian] }))
    await world.scan()
    if (what === 'tag') world.registry.repositories.get('acme/api')?.delete('1')
    else world.registry.repositories.delete('acme/api')
    world.clock.advance(1_000)
    await world.scan()
    expect(await closed()).toEqual(
      ['CVE-2024-0001', 'CVE-2024-0003', 'GHSA-35jh-r3h4-6jhm'].map((name) => ({
        name,
        because: 'image gone',
      })),
    )
    const tags = await rowsOf(
      db,
      `select h.name, r.path from tag_history h join repository r on r.id = h.repository_id`,
    )
    expect(tags).toEqual([{ name: '1', path: 'acme/api' }])
    await world.end()
  })

  it('a tag that moved to an image without them mends them', async () => {
    const world = await scanned()
    world.registry.put('acme/api', '1', buildImage({ layers: [debian] }))
    world.clock.advance(1_000)
    await world.scan()
    const rows = await closed()
    expect(rows).toContainEqual({ name: 'GHSA-35jh-r3h4-6jhm', because: null })
    expect(rows.filter((row) => row.because !== null)).toEqual([])
    await world.end()
  })
})
