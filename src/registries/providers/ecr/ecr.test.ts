import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../core/index.ts'
import { digestOf } from '../../../test-support/image-builder/index.ts'
import {
  failedStep,
  image,
  namesOf,
  openEcr,
  startFilled,
} from '../../../test-support/platforms/ecr/connection.ts'
import type { EcrWorld, EcrWorldOptions } from '../../../test-support/platforms/ecr/index.ts'
import { Cleanup, everything, failureOf } from '../../../test-support/registry-client.ts'
import { connect } from './index.ts'
import { readSettings } from './schema.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const start = (options?: EcrWorldOptions) => startFilled(cleanup, options)
const open = (world: EcrWorld, ...rest: Rest) => openEcr(cleanup, world, ...rest)
type Rest = Parameters<typeof openEcr> extends [unknown, unknown, ...infer R] ? R : never

describe('throttling', () => {
  function patient(world: EcrWorld) {
    const waits: number[] = []
    const told: number[] = []
    const budget = {
      take: () => Promise.resolve(() => undefined),
      report: (_: string, { resetAt }: { readonly resetAt: number }) => void told.push(resetAt),
    }
    const environment = { http: world.internet.http, clock: systemClock, budget }
    const wait = async (milliseconds: number) => void waits.push(milliseconds)
    return {
      waits,
      told,
      connector: cleanup.keep(connect(readSettings(world.settings, false), environment, wait)),
    }
  }

  it('by an error in a 400 is waited for, longer each time, and told to the budget', async () => {
    const world = await start()
    const { waits, told, connector } = patient(world)
    world.throttle(3)
    expect(await namesOf(connector)).toEqual(['acme/api'])
    expect(waits).toHaveLength(3)
    for (const [index, milliseconds] of waits.entries()) {
      expect(milliseconds).toBeGreaterThanOrEqual(500 * 2 ** index)
      expect(milliseconds).toBeLessThanOrEqual(1000 * 2 ** index)
    }
    expect(told).toHaveLength(3)
  })

  it('that lasts is an error that can be tried again', async () => {
    const world = await start()
    const { waits, connector } = patient(world)
    world.throttle(1000)
    expect(await failureOf(namesOf(connector))).toMatchObject({
      code: 'registry-rate-limited',
      kind: 'rate-limited',
    })
    expect(waits).toHaveLength(4)
  })

  it('is waited for until the listing is cancelled', async () => {
    const world = await start()
    const { connector } = patient(world)
    world.throttle(1000)
    const signal = AbortSignal.abort()
    expect(await failureOf(everything(connector.repositories({ signal })))).toMatchObject({
      kind: 'cancelled',
    })
    const ended = new AbortController()
    const impatient = cleanup.keep(
      connect(readSettings(world.settings, false), { http: world.internet.http, clock: systemClock }, () => {
        ended.abort()
        return Promise.reject(ended.signal.reason)
      }),
    )
    expect(await failureOf(everything(impatient.repositories({ signal: ended.signal })))).toMatchObject({
      kind: 'cancelled',
    })
  })

  it('and a failure of AWS itself pass', async () => {
    const world = await start()
    const { waits, connector } = patient(world)
    let left = 2
    const body = JSON.stringify({
      __type: 'ServerException',
      message: 'These errors are usually caused by a server-side issue.',
    })
    world.internet.intercept = () => {
      left -= 1
      return left >= 0
        ? { status: 500, headers: { 'content-type': 'application/x-amz-json-1.1' }, body }
        : undefined
    }
    expect(await namesOf(connector)).toEqual(['acme/api'])
    expect(waits).toHaveLength(2)
  })

  it('does not keep a person waiting', async () => {
    const world = await start()
    const { waits, connector } = patient(world)
    world.throttle(1000)
    expect(failedStep(await connector.check())?.code).toBe('registry-rate-limited')
    expect(waits).toEqual([])
  })
})

describe('the registry', () => {
  it('is signed in to once, and its storage never sees the password', async () => {
    const world = await start()
    const connector = open(world)
    const source = connector.source('acme/api')
    await source.manifest('1.0')
    const [digest, bytes] = [...image.blobs][0] ?? []
    if (digest === undefined || bytes === undefined) throw new Error('an image has blobs')
    const blob = Buffer.concat(await (await source.blob({ digest, size: bytes.length })).toArray())
    expect(blob.equals(Buffer.from(bytes))).toBe(true)
    expect(world.answers.map(({ action }) => action)).toEqual(['GetAuthorizationToken'])
    expect(world.internet.requests.filter((url) => url.includes('.s3.'))).toHaveLength(1)
  })

  it('gets a new password half an hour before the old one ends', async () => {
    const world = await start()
    const clock = { time: Date.now(), now: () => clock.time }
    const connector = open(world, world.settings, { clock })
    const asked = () => world.answers.length
    await connector.resolve('acme/api', '1.0')
    clock.time += 11.4 * 3_600_000
    await connector.resolve('acme/api', '1.0')
    expect(asked()).toBe(1)
    clock.time += 0.2 * 3_600_000
    await connector.resolve('acme/api', '1.0')
    expect(asked()).toBe(2)
  })

  it('refuses more than 1,000 tags at once, which nobody asks for', async () => {
    const world = await start()
    const connector = open(world)
    await connector.check()
    await everything(connector.tags('acme/api'))
    expect(world.internet.requests.filter((url) => url.includes('/tags/list'))).toEqual([])
  })
})

describe('places', () => {
  const fips = { useFips: true }
  const dual = { useDualStack: true }

  it.each([
    [
      'us-gov-east-1',
      fips,
      'aws-us-gov',
      'api.ecr-fips.us-gov-east-1.amazonaws.com',
      'dkr.ecr-fips.us-gov-east-1.amazonaws.com',
      'sts.us-gov-east-1.amazonaws.com',
    ],
    [
      'us-gov-west-1',
      dual,
      'aws-us-gov',
      'ecr.us-gov-west-1.api.aws',
      'dkr-ecr.us-gov-west-1.on.aws',
      'sts.us-gov-west-1.api.aws',
    ],
    [
      'cn-northwest-1',
      dual,
      'aws-cn',
      'ecr.cn-northwest-1.api.amazonwebservices.com.cn',
      'dkr-ecr.cn-northwest-1.on.amazonwebservices.com.cn',
      'sts.cn-northwest-1.api.amazonwebservices.com.cn',
    ],
    [
      'us-west-2',
      { ...fips, ...dual },
      'aws',
      'ecr-fips.us-west-2.api.aws',
      'dkr-ecr-fips.us-west-2.on.aws',
      'sts-fips.us-west-2.api.aws',
    ],
    [
      'us-gov-west-1',
      {},
      'aws-us-gov',
      'api.ecr.us-gov-west-1.amazonaws.com',
      'dkr.ecr.us-gov-west-1.amazonaws.com',
      'sts.us-gov-west-1.amazonaws.com',
    ],
    [
      'cn-north-1',
      {},
      'aws-cn',
      'api.ecr.cn-north-1.amazonaws.com.cn',
      'dkr.ecr.cn-north-1.amazonaws.com.cn',
      'sts.cn-north-1.amazonaws.com.cn',
    ],
    [
      'us-east-1',
      fips,
      'aws',
      'api.ecr-fips.us-east-1.amazonaws.com',
      'dkr.ecr-fips.us-east-1.amazonaws.com',
      'sts-fips.us-east-1.amazonaws.com',
    ],
    [
      'eu-central-1',
      dual,
      'aws',
      'ecr.eu-central-1.api.aws',
      'dkr-ecr.eu-central-1.on.aws',
      'sts.eu-central-1.api.aws',
    ],
  ])('%s %j', async (region, switches, partition, api, registry, sts) => {
    const hosts = { partition, region, api, registry: `123456789012.${registry}`, sts }
    const world = await start({ hosts })
    const role = world.addRole({ name: 'portolan', allows: ['*'] })
    const connector = open(world, { ...world.settings, ...switches, roleArn: role.arn })
    expect(connector.host).toBe(hosts.registry)
    expect(failedStep(await connector.check())).toBeUndefined()
    const asked = world.internet.requests.map((line) => new URL(line.split(' ')[1] ?? '').hostname)
    const named = asked.filter((host) => !host.includes('.s3.'))
    expect([...new Set(named)].toSorted()).toEqual([api, hosts.registry, sts].toSorted())
  })

  it('that do not exist are named by their host', async () => {
    const world = await start()
    const step = failedStep(await open(world, { ...world.settings, region: 'us-east-9' }).check())
    expect(step?.id).toBe('network')
    expect(step?.message).toContain('us-east-9')
  })
})

describe('what discovery costs', () => {
  it('is one request for 1,000 repositories and one for each of them', async () => {
    const world = await start()
    for (let number = 1; number <= 1001; number += 1) world.addRepository(`r/${number}`)
    const connector = open(world)
    const found = await namesOf(connector)
    expect(found).toHaveLength(1002)
    expect(world.listingRequests()).toBe(2)
    for (const name of found.slice(0, 20)) await everything(connector.tags(name))
    expect(world.listingRequests()).toBe(22)
  })

  it('is one request for 1,000 images of a repository, whatever the number of their tags', async () => {
    const world = await start()
    for (let number = 1; number <= 1001; number += 1) {
      const manifest = { ...image.manifest, digest: digestOf(Buffer.from(`${number}`)) }
      for (const tag of ['t', 'u']) world.push('many', `${tag}${number}`, { ...image, manifest }, 0)
    }
    const pages = await everything(open(world).tags('many'))
    expect(pages.map(({ tags }) => tags.length)).toEqual([2000, 2])
    expect(world.listingRequests()).toBe(2)
  })
})
