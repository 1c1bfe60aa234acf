import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../../core/index.ts'
import { buildImage } from '../../../test-support/image-builder/index.ts'
import { answerFor } from '../../../test-support/link-local.ts'
import { type EcrWorld, startEcrWorld } from '../../../test-support/platforms/ecr/index.ts'
import { Cleanup, everything, failureOf } from '../../../test-support/registry-client.ts'
import type { RegistryConnector } from '../../index.ts'
import { ecrProvider } from './index.ts'

const cleanup = new Cleanup()
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portolan-aws-'))
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'))
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'))
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await cleanup.close()
  await rm(folder, { recursive: true, force: true })
})

const image = buildImage({ layers: [{ files: { a: 'a' } }] })

async function start(): Promise<EcrWorld> {
  const world = cleanup.keep(await startEcrWorld())
  world.push('acme/api', '1.0', image, 0)
  return world
}

function open(
  world: EcrWorld,
  fields: Readonly<Record<string, unknown>>,
  allowAmbientCredentials?: boolean,
): RegistryConnector {
  const environment = {
    http: world.internet.http,
    clock: systemClock,
    ...(allowAmbientCredentials === undefined ? {} : { allowAmbientCredentials }),
  }
  return cleanup.keep(ecrProvider.open(world.settingsOf(fields), environment))
}

const names = async (connector: RegistryConnector): Promise<string[]> =>
  (await everything(connector.repositories())).flatMap(({ repositories }) =>
    repositories.map(({ name }) => name),
  )

/** An identity of this server by variables, which may do everything. */
function serverIdentity(world: EcrWorld): string {
  const { accessKeyId, secretAccessKey } = world.keyFor(['*'])
  vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey.reveal())
  return accessKeyId
}

/** Without leave there is no connection; with a key, leave or not, it is the key that signs. */
async function expectUnusedWithoutLeave(world: EcrWorld): Promise<void> {
  expect(await failureOf(Promise.resolve().then(() => open(world, {})))).toMatchObject({
    code: 'settings-invalid',
  })
  for (const allow of [false, true]) await names(open(world, world.settings, allow))
  expect(world.signers.filter((id) => !id.startsWith('AKIA'))).toEqual([])
}

describe('the identity of this server', () => {
  it('is never used by accident', async () => {
    const world = await start()
    const server = serverIdentity(world)
    const open_ = (fields: Record<string, unknown>, allow?: boolean) =>
      failureOf(Promise.resolve().then(() => open(world, fields, allow)))
    for (const allow of [undefined, false]) {
      expect(await open_({}, allow)).toMatchObject({
        code: 'settings-invalid',
        fields: { accessKeyId: expect.stringContaining('not allowed'), secretAccessKey: expect.anything() },
      })
    }
    for (const allow of [false, true]) {
      expect(await names(open(world, world.settings, allow))).toEqual(['acme/api'])
      expect(await failureOf(names(open(world, world.wrongSettings, allow)))).toMatchObject({
        code: 'credentials-refused',
      })
      const role = world.addRole({ name: 'portolan', allows: ['*'] })
      await names(open(world, { ...world.settings, roleArn: role.arn }, allow))
    }
    expect(world.signers.length).toBeGreaterThan(0)
    expect(world.roleTakers).toHaveLength(2)
    expect([...world.signers, ...world.roleTakers]).not.toContain(server)
  })

  it('and its variables decide nothing for a connection with a key', async () => {
    const world = await start()
    serverIdentity(world)
    await writeFile(
      join(folder, 'config'),
      '[default]\nregion = eu-west-9\nendpoint_url = https://evil.example\nuse_fips_endpoint = true\nuse_dualstack_endpoint = true\nmax_attempts = 9\nretry_mode = adaptive\n[profile other]\nregion = eu-west-8\nrole_arn = arn:aws:iam::1:role/x\n',
    )
    const variables = {
      AWS_PROFILE: 'other',
      AWS_REGION: 'eu-west-7',
      AWS_DEFAULT_REGION: 'eu-west-6',
      AWS_SESSION_TOKEN: 'of somebody',
      AWS_ENDPOINT_URL: 'https://evil.example',
      AWS_ENDPOINT_URL_ECR: 'https://evil.example',
      AWS_ENDPOINT_URL_STS: 'https://evil.example',
      AWS_USE_FIPS_ENDPOINT: 'true',
      AWS_USE_DUALSTACK_ENDPOINT: 'true',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere',
      AWS_ROLE_ARN: 'arn:aws:iam::1:role/x',
    }
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
    const role = world.addRole({ name: 'portolan', allows: ['*'] })
    for (const fields of [{}, { roleArn: role.arn }]) {
      expect(await names(open(world, { ...world.settings, ...fields }))).toEqual(['acme/api'])
    }
    const hosts = new Set(world.internet.requests.map((line) => new URL(line.split(' ')[1] ?? '').hostname))
    expect([...hosts].toSorted()).toEqual(['api.ecr.us-east-1.amazonaws.com', 'sts.us-east-1.amazonaws.com'])
  })

  it('is used where the operator allows it and there is no key', async () => {
    const world = await start()
    const server = serverIdentity(world)
    expect(await names(open(world, {}, true))).toEqual(['acme/api'])
    expect(new Set(world.signers)).toEqual(new Set([server]))
  })

  it('takes on a role with its external ID', async () => {
    const world = await start()
    const server = serverIdentity(world)
    const role = world.addRole({ name: 'portolan', externalId: 'acme:42', allows: ['*'] })
    expect(await names(open(world, { roleArn: role.arn, externalId: 'acme:42' }, true))).toEqual(['acme/api'])
    expect(world.roleTakers).toEqual([server])
    expect(world.signers.every((id) => id.startsWith('ASIA'))).toBe(true)
    const refused = open(world, { roleArn: role.arn, externalId: 'other' }, true)
    expect(await failureOf(names(refused))).toMatchObject({ code: 'permission-missing' })
  })

  it('may be the role of an instance', async () => {
    const world = await start()
    const role = world.addRole({ name: 'instance', allows: ['*'] })
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'false')
    vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', await world.metadataService(role))
    await expectUnusedWithoutLeave(world)
    const connector = open(world, {}, true)
    expect(await names(connector)).toEqual(['acme/api'])
    expect(world.signers.at(-1)).toMatch(/^ASIA/)
    const steps = await connector.check()
    expect(steps.filter(({ state }) => state !== 'passed')).toEqual([])
  })

  it('may be the role of a Kubernetes service account, asked for through our own client', async () => {
    const world = await start()
    const role = world.addRole({ name: 'service-account', allows: ['*'] })
    const file = join(folder, 'token')
    await writeFile(file, world.webToken(role))
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', file)
    vi.stubEnv('AWS_ROLE_ARN', role.arn)
    await expectUnusedWithoutLeave(world)
    expect(world.internet.requests.some((line) => line.includes('//sts.'))).toBe(false)
    expect(await names(open(world, {}, true))).toEqual(['acme/api'])
    expect(world.internet.requests.some((line) => line.includes('//sts.us-east-1.'))).toBe(true)
    await writeFile(file, 'a token of nobody')
    expect(await failureOf(names(open(world, {}, true)))).toMatchObject({
      code: 'credentials-refused',
      kind: 'auth',
    })
  })

  it.each([
    ['of an ECS task', '169.254.170.2', '/v2/credentials/3f0b?id=x', undefined],
    ['of an EKS pod', '169.254.170.23', '/v1/credentials', 'eks-pod-token'],
  ])('may be the role %s, which nobody uses without leave', async (_, address, path, token) => {
    const world = await start()
    const role = world.addRole({ name: 'container', allows: ['*'] })
    const agent = await world.containerService(role, { path, ...(token === undefined ? {} : { token }) })
    cleanup.keep(answerFor(address, agent.host))
    if (token === undefined) vi.stubEnv('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', path)
    else {
      const file = join(folder, 'pod-token')
      await writeFile(file, token)
      vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `http://${address}${path}`)
      vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', file)
    }
    await expectUnusedWithoutLeave(world)
    expect(agent.requests).toEqual([])

    const connector = open(world, {}, true)
    expect(await names(connector)).toEqual(['acme/api'])
    expect((await connector.check()).filter(({ state }) => state !== 'passed')).toEqual([])
    expect(new Set(agent.requests)).toEqual(new Set([`GET ${path}`]))
    expect(world.signers.at(-1)).toMatch(/^ASIA/)
  })

  it('may be a task role that takes on the role of another account, with its external ID', async () => {
    const world = await start()
    const task = world.addRole({ name: 'task', allows: ['sts:AssumeRole'], account: '999999999999' })
    const path = '/v2/credentials/3f0b'
    const agent = await world.containerService(task, { path, token: 'secret' })
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `${agent.url}${path}`)
    vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN', 'secret')
    const role = world.addRole({
      name: 'portolan',
      externalId: 'acme:42',
      allows: ['*'],
    })
    const fields = { roleArn: role.arn, externalId: 'acme:42' }
    expect(await names(open(world, fields, true))).toEqual(['acme/api'])
    expect(world.roleTakers.every((id) => id.startsWith('ASIA'))).toBe(true)
    expect(await failureOf(names(open(world, { roleArn: role.arn }, true)))).toMatchObject({
      code: 'permission-missing',
    })
    // The task's own role may not list.
    expect(await failureOf(names(open(world, {}, true)))).toMatchObject({ code: 'permission-missing' })
  })

  it('may be missing, which is said once', async () => {
    const world = await start()
    const connector = open(world, {}, true)
    const failure = await failureOf(names(connector))
    expect(failure).toMatchObject({ code: 'credentials-refused', kind: 'auth' })
    expect(failure.publicMessage).toContain('no AWS identity of its own')
    expect(failure.remedy).toContain('IRSA')
    expect(world.internet.requests).toEqual([])
  })
})
