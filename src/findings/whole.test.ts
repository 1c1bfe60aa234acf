import { beforeAll, beforeEach, expect, it } from 'vitest'
import { advisoriesPlace } from '../advisories/index.ts'
import { digestBytes } from '../core/index.ts'
import { changeDatabase, drainStale, markChanged, type OpenMatcher } from '../matching/sql.ts'
import type { Database } from '../platform/db/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import {
  addConnection,
  changeTo,
  digestOfText,
  emptyDatabase,
  holdImage,
  openMatcher,
  testInventory,
} from '../test-support/domain/index.ts'
import { createFindingService, dueRepositories, recomputePostings, recountChanged } from './index.ts'
import type { FindingFilters } from './ports.ts'

const data = (number: number): OpenMatcher =>
  openMatcher(number, ({ lookupKey }) => (lookupKey === 'zlib' ? [{ id: 'CVE-3', severity: 'HIGH' }] : []))

eachDatabase((_name, open) => {
  let db: Database
  beforeAll(async () => {
    db = await open()
  })
  beforeEach(async () => {
    await emptyDatabase(db)
  })

  const use = async (used: OpenMatcher): Promise<void> => {
    await changeDatabase(db, changeTo(used))
    await drainStale({ db, observer: recountChanged }, used)
    for (const repository of await dueRepositories(db, 50))
      await recomputePostings(db, repository, new Date(used.database.updatedAt))
  }

  it('says how whole the list is', async () => {
    const service = createFindingService(db)
    expect(await service.summary('one', {})).toMatchObject({
      asOf: null,
      incompleteBecause: 'there is no vulnerability data yet.',
    })
    await holdImage(db, 'one', 'acme/api', '1', testInventory(['zlib@1']))
    await use(data(1))
    expect(await service.summary('one', {})).toMatchObject({
      asOf: new Date(data(1).database.updatedAt).toISOString(),
      incompleteBecause: null,
    })
    await db.execute(`update image set scan_status = 'Failed'`)
    await changeDatabase(db, changeTo(data(2)))
    expect(await service.summary('one', {})).toMatchObject({
      asOf: new Date(data(1).database.updatedAt).toISOString(),
      incompleteBecause:
        '1 image could not be scanned; 1 package is being matched with new vulnerability data.',
    })
  })

  it('an empty list of a digest says why nothing was checked, and never that nothing is wrong', async () => {
    const inventory = testInventory(['curl@8'])
    const { imageId, repositoryId } = await holdImage(db, 'one', 'acme/api', '1', inventory)
    await use(data(1))
    const service = createFindingService(db)
    const whole = digestOfText(JSON.stringify(inventory))
    const because = async (filters: FindingFilters) =>
      (await service.summary('one', filters)).incompleteBecause
    expect(await because({ digest: whole })).toBeNull()
    const unknown = digestOfText('unknown')
    expect(await service.summary('one', { digest: unknown })).toMatchObject({
      asOf: null,
      incompleteBecause: 'this digest is not among your images.',
    })
    expect(await because({ digest: whole, repository: repositoryId + 1 })).toBe(
      'this digest is not among the images of this repository.',
    )
    expect(await because({ digest: whole, connection: await addConnection(db, 'one') })).toBe(
      'this digest is not among the images of this connection.',
    )
    const part = digestOfText('another platform')
    await db.execute(
      `insert into image_platform (image_id, manifest_digest, platform, wanted, inventory_id)
       select image_id, $2, 'linux/arm64', false, inventory_id from image_platform where image_id = $1`,
      [imageId, digestBytes(part)],
    )
    expect(await because({ digest: whole })).toBeNull()
    expect(await because({ digest: part })).toBe(
      'this platform is not among those that the connection chose.',
    )
    await db.execute('update image_platform set wanted = false where image_id = $1', [imageId])
    expect(await because({ digest: whole })).toBe(
      "none of this image's platforms is among those that the connection chose.",
    )
    for (const [kind, words] of [
      ['chart', 'a chart'],
      ['attestation', 'an attestation'],
      ['other', 'another artifact'],
    ] as const) {
      await db.execute('update image set kind = $2 where id = $1', [imageId, kind])
      expect(await because({ digest: whole })).toBe(
        `this is ${words}, not an image: there is nothing to scan.`,
      )
    }
  })

  it('says of an image that nobody selected which rule leaves it out', async () => {
    const inventory = testInventory(['zlib@1'])
    await holdImage(db, 'one', 'acme/api', '1', inventory, { selected: false })
    await use(data(1))
    const service = createFindingService(db, undefined, async () => 'only the latest tag is scanned')
    const digest = digestOfText(JSON.stringify(inventory))
    expect(await service.summary('one', { digest })).toMatchObject({ incompleteBecause: null })
    await db.execute('update image_platform set inventory_id = null')
    expect(await service.summary('one', { digest })).toMatchObject({
      asOf: null,
      incompleteBecause: 'this image is not selected for scanning: only the latest tag is scanned.',
    })
  })

  it('is as old as the data before while what a change touches is not matched', async () => {
    await holdImage(db, 'one', 'acme/api', '1', testInventory(['zlib@1']))
    const [first, second] = [data(1), data(2)]
    await use(first)
    const asOf = async () => (await createFindingService(db).summary('one', {})).asOf
    const time = ({ database }: OpenMatcher): string => new Date(database.updatedAt).toISOString()
    const verdicts = [advisoriesPlace('test 1', 'zlib')]
    await changeDatabase(db, changeTo(second, { since: first.database.digest, verdicts, details: [] }))
    expect(await asOf()).toBe(time(first))
    await markChanged(db)
    expect(await asOf()).toBe(time(first))
    await drainStale({ db, observer: recountChanged }, second)
    expect(await asOf()).toBe(time(second))
  })
})
