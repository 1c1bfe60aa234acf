import { expect, it } from 'vitest'
import { type Database, inTransaction } from '../platform/db/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import { addConnection, rowsOf } from '../test-support/domain/index.ts'
import { DiscoveryWorld } from '../test-support/discovery-world.ts'
import { type BuiltImage, buildImage } from '../test-support/image-builder/index.ts'
import { dropTags, noteGone } from './departures/store.ts'

const image = (content: string): BuiltImage => buildImage({ layers: [{ files: { name: content } }] })

/** Repositories `acme/r00` to `acme/r22`, and one that stays. */
const leaving = Array.from({ length: 23 }, (_, index) => `acme/r${String(index).padStart(2, '0')}`)

/** What there is of the repositories that were to leave. */
async function left(db: Database): Promise<unknown> {
  const [row] = await rowsOf(
    db,
    `select count(*) filter (where r.gone_at is null)::int as here,
       (select count(*)::int from connection_repository c join repository o on o.id = c.repository_id where o.path like 'acme/r%') as links,
       (select count(*)::int from tag t join repository o on o.id = t.repository_id where o.path like 'acme/r%') as tags,
       (select count(*)::int from image i join repository o on o.id = i.repository_id where o.path like 'acme/r%' and i.gone_at is null) as images,
       (select count(*)::int from tag_history) as history
     from repository r where r.path like 'acme/r%'`,
  )
  return row
}

const all = { here: 23, links: 23, tags: 46, images: 46, history: 0 }
const none = { here: 0, links: 0, tags: 0, images: 0, history: 46 }

eachDatabase((_name, open) => {
  let opened: Promise<Database> | undefined
  const world = async (): Promise<DiscoveryWorld> => {
    opened ??= open()
    const begun = await DiscoveryWorld.begin(opened)
    begun.registry.put('acme/stays', '1', image('stays'))
    for (const path of leaving) for (const tag of ['1', '2']) begun.registry.put(path, tag, image(path + tag))
    await begun.discover()
    return begun
  }
  const leave = ({ registry }: DiscoveryWorld) => {
    const kept = new Map(registry.repositories)
    for (const path of leaving) registry.repositories.delete(path)
    return () => {
      for (const [path, tags] of kept) registry.repositories.set(path, tags)
    }
  }

  it('repositories leave a few at a time, and come back as they were', async () => {
    const it = await world()
    const comeBack = leave(it)
    it.told.length = 0
    await it.discover()
    expect(await left(it.db)).toEqual(none)
    const steps = `select count(distinct xmin::text)::int as n from repository where gone_at is not null`
    expect(await rowsOf(it.db, steps)).toEqual([{ n: 3 }])
    expect(new Set(it.told).size).toBe(24)
    comeBack()
    await it.discover()
    expect(await left(it.db)).toEqual({ ...all, history: 46 })
  })

  it('large ones leave in many steps', async () => {
    const it = await world()
    const [row] = await rowsOf<{ id: number }>(it.db, `select id from repository where path = 'acme/r00'`)
    await it.db.execute(
      `with images as (
         insert into image (org_id, repository_id, digest, kind)
         select 'one', $1, decode(lpad(n::text, 64, '0'), 'hex'), 'unknown' from generate_series(1, 4500) n returning id, digest)
       insert into tag (repository_id, name, image_id, digest) select $1, encode(digest, 'hex'), id, digest from images`,
      [row?.id],
    )
    leave(it)
    await it.discover()
    expect(await left(it.db)).toEqual({ ...none, history: 4546 })
    const steps = (table: string) => `select max(n)::int as most from (
      select count(*) as n from ${table} where repository_id = $1 group by xmin::text) t`
    expect(await rowsOf(it.db, steps('tag_history'), [row?.id])).toEqual([{ most: 2_000 }])
    expect(await rowsOf(it.db, steps('image'), [row?.id])).toEqual([{ most: 500 }])
  })

  it('what a kill leaves half done, the next discovery ends, or finds whole again', async () => {
    for (const isBack of [false, true]) {
      const it = await world()
      const comeBack = leave(it)
      const { db, connection: connectionId } = it
      const now = new Date(it.clock.now())
      const repositories = await rowsOf<{ id: number }>(
        db,
        `select id from repository where path like 'acme/r0%'`,
      )
      const ids = repositories.map(({ id }) => id)
      await inTransaction(db, 'bulk', (tx) => noteGone(tx, { connectionId, repositories: ids, now }))
      for (const id of ids) await inTransaction(db, 'bulk', (tx) => dropTags(tx, id, now, 1))
      if (isBack) comeBack()
      await it.discover()
      expect(await left(db)).toEqual(isBack ? { ...all, history: 10 } : none)
    }
  })

  it('what another connection sees stays', async () => {
    const it = await world()
    const other = await addConnection(it.db, 'one')
    await it.db.execute(
      `insert into connection_repository (connection_id, repository_id) select $1, id from repository where path = 'acme/r07'`,
      [other],
    )
    leave(it)
    await it.discover()
    expect(await left(it.db)).toEqual({ here: 1, links: 1, tags: 2, images: 2, history: 44 })
  })
})
