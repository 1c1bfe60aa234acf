import { afterEach, describe, expect, it } from 'vitest'
import { Secret, systemClock } from '../../../core/index.ts'
import { buildImage, digestOf } from '../../../test-support/image-builder/index.ts'
import {
  type EcrWorld,
  type EcrWorldOptions,
  startEcrWorld,
} from '../../../test-support/platforms/ecr/index.ts'
import { Cleanup, everything, failureOf } from '../../../test-support/registry-client.ts'
import type { CheckStep, RegistryConnector, RegistryEnvironment } from '../../index.ts'
import { connect, ecrProvider } from './index.ts'
import { readSettings } from './schema.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const image = buildImage({ layers: [{ files: { a: 'a' } }] })
const pushed = Date.UTC(2026, 0, 2)
const otherAccount = '210987654321'

async function start(options: EcrWorldOptions = {}): Promise<EcrWorld> {
  const world = cleanup.keep(await startEcrWorld(options))
  world.push('acme/api', '1.0', image, pushed)
  return world
}

function open(
  world: EcrWorld,
  fields: Readonly<Record<string, unknown>> = world.settings,
  environment: Partial<RegistryEnvironment> = {},
): RegistryConnector {
  const settings = world.settingsOf(fields)
  return cleanup.keep(
    ecrProvider.open(settings, { http: world.internet.http, clock: systemClock, ...environment }),
  )
}

const names = async (connector: RegistryConnector): Promise<string[]> =>
  (await everything(connector.repositories())).flatMap(({ repositories }) =>
    repositories.map(({ name }) => name),
  )

const failedStep = (steps: readonly CheckStep[]) => steps.find(({ state }) => state === 'failed')

describe('keys', () => {
  it('of another account are told apart from a missing permission', async () => {
    const world = await start()
    const step = failedStep(await open(world, world.keyFor(['*'], otherAccount)).check())
    expect(step).toMatchObject({ id: 'list', code: 'permission-missing' })
    expect(step?.remedy).toContain(`belongs to account ${otherAccount}, the form names ${world.accountId}`)
  })

  it.each([
    ['an unknown key', { accessKeyId: 'AKIAUNKNOWNUNKNOWN12' }, 'does not know this Access Key ID'],
    ['another secret', { secretAccessKey: new Secret('another') }, 'does not belong to this Access Key ID'],
    ['a session token that is none', { sessionToken: new Secret('x') }, 'does not know'],
  ])('%s are refused, once', async (_, fields, message) => {
    const world = await start()
    const connector = open(world, { ...world.settings, ...fields })
    const failure = await failureOf(names(connector))
    expect(failure).toMatchObject({ code: 'credentials-refused', kind: 'auth' })
    expect(failure.publicMessage).toContain(message)
    const sent = world.internet.requests.length
    expect(await failureOf(connector.source('acme/api').manifest('1.0'))).toMatchObject({ kind: 'auth' })
    expect(await failureOf(names(connector))).toMatchObject({ kind: 'auth' })
    expect(world.internet.requests.filter((url) => url.includes('api.ecr')).length).toBe(1)
    expect(world.internet.requests.length - sent).toBeLessThanOrEqual(1)
  })

  it.each([
    ['ecr:GetAuthorizationToken', 'sign-in'],
    ['ecr:DescribeRepositories', 'list'],
    ['ecr:DescribeImages', 'list'],
    ['ecr:BatchGetImage', 'pull'],
    ['ecr:GetDownloadUrlForLayer', 'pull'],
  ])('without %s fail at step %s, which names it', async (missing, id) => {
    const world = await start()
    const allowed = ecrProvider.description.permissions.map(({ name }) => name)
    expect(allowed).toContain(missing)
    const settings = world.keyFor(allowed.filter((name) => name !== missing))
    const step = failedStep(await open(world, settings).check())
    expect(step).toMatchObject({ id, code: 'permission-missing' })
    expect(step?.message).toContain(missing)
  })

  it('with the permissions of the description, and no other, pass', async () => {
    const world = await start()
    const settings = world.keyFor(ecrProvider.description.permissions.map(({ name }) => name))
    const steps = await open(world, settings).check()
    expect(steps.map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => 'passed'))
    for (const { name } of ecrProvider.description.permissions)
      expect(ecrProvider.description.policy?.text).toContain(`"${name}"`)
  })
})

describe('a role', () => {
  const allows = ['*']

  it('is taken on with its external ID, in its own account', async () => {
    const world = await start()
    const role = world.addRole({ name: 'portolan', externalId: 'acme:42', allows })
    const key = world.keyFor(['sts:AssumeRole'], otherAccount)
    const connector = open(world, { ...key, roleArn: role.arn, externalId: 'acme:42' })
    expect(await names(connector)).toEqual(['acme/api'])
    expect(world.signers.every((id) => id.startsWith('ASIA'))).toBe(true)
    expect(world.internet.requests.filter((url) => url.includes('//sts.'))).toHaveLength(1)
    expect(failedStep(await connector.check())).toBeUndefined()
  })

  it.each([
    ['another external ID', 'wrong', 'portolan'],
    ['no external ID', undefined, 'portolan'],
    ['a role that is not there', 'acme:42', 'nobody'],
  ])('is refused with %s, and the message says what to allow', async (_, externalId, name) => {
    const world = await start()
    const { arn } = world.addRole({ name: 'portolan', externalId: 'acme:42', allows })
    const roleArn = arn.replace('portolan', name)
    const step = failedStep(await open(world, { ...world.settings, roleArn, externalId }).check())
    expect(step).toMatchObject({ id: 'sign-in', code: 'permission-missing' })
    expect(step?.message).toContain('sts:AssumeRole')
    expect(step?.remedy).toContain('trust policy')
  })

  it('with a wrong secret is refused as the secret is', async () => {
    const world = await start()
    const { arn } = world.addRole({ name: 'portolan', allows })
    const settings = { ...world.wrongSettings, roleArn: arn }
    expect(await failureOf(names(open(world, settings)))).toMatchObject({ code: 'credentials-refused' })
  })
})

describe('the clock', () => {
  it.each([-3_600_000, 3_600_000])('may be wrong by %i ms: AWS says what time it is', async (ahead) => {
    const world = await start({ ahead })
    expect(await names(open(world))).toEqual(['acme/api'])
    const role = world.addRole({ name: 'portolan', allows: ['*'] })
    expect(await names(open(world, { ...world.settings, roleArn: role.arn }))).toEqual(['acme/api'])
  })

  it('is named where AWS does not say the time', async () => {
    const world = await start()
    const message =
      'Signature expired: 20260101T000000Z is now earlier than 20260101T005500Z (20260101T010000Z - 5 min.)'
    world.internet.intercept = ({ url }) =>
      url.hostname.startsWith('api.')
        ? {
            status: 400,
            headers: { 'content-type': 'application/x-amz-json-1.1' },
            body: JSON.stringify({ __type: 'InvalidSignatureException', message }),
          }
        : undefined
    const step = failedStep(await open(world).check())
    expect(step).toMatchObject({ id: 'sign-in', code: 'clock-wrong' })
    expect(step?.remedy).toContain('NTP')
  })
})

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
    expect(await names(connector)).toEqual(['acme/api'])
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
    expect(await failureOf(names(connector))).toMatchObject({
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
    expect(await names(connector)).toEqual(['acme/api'])
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
  it.each([
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
      { useFips: true },
      'aws',
      'api.ecr-fips.us-east-1.amazonaws.com',
      'dkr.ecr-fips.us-east-1.amazonaws.com',
      'sts-fips.us-east-1.amazonaws.com',
    ],
    [
      'eu-central-1',
      { useDualStack: true },
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
    const found = await names(connector)
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
