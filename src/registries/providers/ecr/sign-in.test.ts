import { afterEach, describe, expect, it } from 'vitest'
import { Secret } from '../../../core/index.ts'
import { failedStep, namesOf, openEcr, startFilled } from '../../../test-support/platforms/ecr/connection.ts'
import type { EcrWorld, EcrWorldOptions } from '../../../test-support/platforms/ecr/index.ts'
import { Cleanup, failureOf } from '../../../test-support/registry-client.ts'
import { ecrProvider } from './index.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const start = (options?: EcrWorldOptions) => startFilled(cleanup, options)
const open = (world: EcrWorld, ...rest: Rest) => openEcr(cleanup, world, ...rest)
type Rest = Parameters<typeof openEcr> extends [unknown, unknown, ...infer R] ? R : never
const otherAccount = '210987654321'

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
    const failure = await failureOf(namesOf(connector))
    expect(failure).toMatchObject({ code: 'credentials-refused', kind: 'auth' })
    expect(failure.publicMessage).toContain(message)
    const sent = world.internet.requests.length
    expect(await failureOf(connector.source('acme/api').manifest('1.0'))).toMatchObject({ kind: 'auth' })
    expect(await failureOf(namesOf(connector))).toMatchObject({ kind: 'auth' })
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
    expect(await namesOf(connector)).toEqual(['acme/api'])
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
    expect(await failureOf(namesOf(open(world, settings)))).toMatchObject({ code: 'credentials-refused' })
  })
})

describe('the clock', () => {
  it.each([-3_600_000, 3_600_000])('may be wrong by %i ms: AWS says what time it is', async (ahead) => {
    const world = await start({ ahead })
    expect(await namesOf(open(world))).toEqual(['acme/api'])
    const role = world.addRole({ name: 'portolan', allows: ['*'] })
    expect(await namesOf(open(world, { ...world.settings, roleArn: role.arn }))).toEqual(['acme/api'])
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
