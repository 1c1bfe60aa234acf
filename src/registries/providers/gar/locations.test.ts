import { afterEach, describe, expect, it } from 'vitest'
import { buildImage } from '../../../test-support/image-builder/index.ts'
import { connect } from '../../../test-support/platforms/google/connect.ts'
import { type GoogleWorld, startGarWorld } from '../../../test-support/platforms/google/index.ts'
import { Cleanup, everything } from '../../../test-support/registry-client.ts'
import type { ListingOptions } from '../../index.ts'
import { garProvider } from './index.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const project = 'acme-prod-1234'
const image = buildImage({ layers: [{ files: { a: 'a' } }] })
const day = (number: number): number => Date.UTC(2026, 0, number)
const nameAt = (location: string): string => `${location}-docker.pkg.dev/${project}/web/api`

/** With pages that a listing of what is new does not go beyond. */
async function start(...used: readonly string[]): Promise<GoogleWorld> {
  const world = cleanup.keep(await startGarWorld({ pageSize: 12 }))
  for (const location of used) world.push(nameAt(location), '1', image, day(1))
  return world
}

/** One listing of everything by a new connector: what it found, what it asked for. */
async function list(world: GoogleWorld, options: ListingOptions = {}) {
  const before = world.internet.requests.length
  const connector = connect(cleanup, garProvider, world)
  if (connector.contents === undefined) throw new Error('no contents')
  const pages = await everything(connector.contents(options))
  const asked = world.internet.requests.slice(before).filter((line) => line.includes('/locations'))
  const last = pages.at(-1)
  return {
    names: pages.flatMap(({ repositories }) => repositories.map(({ name }) => name)),
    tags: pages.flatMap(({ repositories }) =>
      repositories.flatMap(({ tags }) => tags.map(({ name }) => name)),
    ),
    memo: last?.memo,
    partial: last?.partial === true,
    askedForAll: asked.some((line) => /\/locations\?/.test(line)),
    locations: asked.flatMap((line) => /\/locations\/([^/]+)\/repositories\?/.exec(line)?.[1] ?? []),
  }
}

describe('locations of a project', () => {
  it('are all asked when everything is listed', async () => {
    const world = await start('us-central1')
    const first = await list(world)
    expect(first).toMatchObject({ names: [nameAt('us-central1')], partial: false, askedForAll: true })
    expect(first.locations).toHaveLength(world.api.locations.length)
    expect(await list(world, { memo: first.memo })).toMatchObject({
      partial: false,
      locations: first.locations,
    })
    expect(await list(world, { since: day(1) })).toMatchObject({
      partial: false,
      locations: first.locations,
    })
  })

  it('are asked where something was, and four others in turn, when only what is new is wanted', async () => {
    const world = await start('us-central1', 'europe')
    let { memo } = await list(world)
    const turns: string[] = []
    const rounds = Math.ceil((world.api.locations.length - 2) / 4)
    for (let round = 0; round < rounds; round += 1) {
      const listed = await list(world, { memo, since: day(1) })
      expect(listed).toMatchObject({ partial: true, askedForAll: false })
      expect(listed.names.toSorted()).toEqual([nameAt('europe'), nameAt('us-central1')])
      expect(listed.locations).toHaveLength(6)
      turns.push(...listed.locations.filter((location) => !['europe', 'us-central1'].includes(location)))
      memo = listed.memo
    }
    expect(new Set([...turns, 'europe', 'us-central1'])).toEqual(new Set(world.api.locations))
  })

  it('come into use with everything that is there, however old, and stay', async () => {
    const world = await start('us-central1')
    let { memo } = await list(world)
    for (let number = 0; number < 40; number += 1)
      world.push(nameAt('us-west4'), `v${number}`, numbered(number), day(2) + number)
    const rounds = Math.ceil(world.api.locations.length / 4)
    const found: string[] = []
    for (let round = 0; round < rounds && found.length === 0; round += 1) {
      const listed = await list(world, { memo, since: day(20) })
      found.push(...listed.tags.filter((tag) => tag.startsWith('v')))
      memo = listed.memo
    }
    expect(new Set(found).size).toBe(40)
    world.removeRepository(nameAt('us-west4'))
    world.push(nameAt('us-west4'), 'again', image, day(21))
    const next = await list(world, { memo, since: day(20) })
    expect(next.locations).toContain('us-west4')
    expect(next.tags).toContain('again')
  })

  it('are found at once by a complete listing, which keeps the turn', async () => {
    const world = await start('us-central1')
    const { memo } = await list(world)
    const turned = await list(world, { memo, since: day(1) })
    world.push(nameAt('us-west4'), '1', image, day(2))
    const complete = await list(world, { memo: turned.memo })
    expect(complete.names).toEqual([nameAt('us-central1'), nameAt('us-west4')])
    const next = await list(world, { memo: complete.memo, since: day(1) })
    expect(next.locations).toEqual(expect.arrayContaining(['us-central1', 'us-west4']))
    expect(next.locations.filter((location) => turned.locations.includes(location))).toEqual(['us-central1'])
  })

  it('are all asked, and listed whole, by a memo that says nothing of this project', async () => {
    const world = await start()
    for (let number = 0; number < 40; number += 1)
      world.push(nameAt('us'), `v${number}`, numbered(number), day(2) + number)
    const memos = [
      '',
      'nonsense',
      'project=other-project&used=us&empty=asia',
      `project=${project}&used=..%2F..`,
    ]
    for (const memo of memos) {
      const listed = await list(world, { memo, since: day(20) })
      expect(listed).toMatchObject({ partial: false, askedForAll: true })
      expect(listed.tags).toHaveLength(40)
    }
  })

  it('are all asked while nothing is in use', async () => {
    const world = await start()
    const { memo } = await list(world)
    world.push(nameAt('us'), '1', image, day(2))
    expect(await list(world, { memo, since: day(1) })).toMatchObject({
      names: [nameAt('us')],
      partial: false,
    })
  })

  it('are none to look for where the form names one', async () => {
    const world = cleanup.keep(await startGarWorld({ region: 'us' }))
    world.push(`${project}/web/api`, '1', image, day(1))
    const listed = await list(world, { memo: 'project=x', since: day(1) })
    expect(listed).toMatchObject({ locations: ['us'], memo: undefined, partial: false })
  })
})

function numbered(number: number) {
  return buildImage({ layers: [{ files: { number: String(number) } }] })
}
