import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  asked,
  expectConnected,
  expectUnusedWithoutLeave,
  keyless,
  openAcr,
  startFilled,
  startMachine,
} from '../../../test-support/platforms/acr/connection.ts'
import { acrIds, type AcrWorld, type AcrWorldOptions } from '../../../test-support/platforms/acr/index.ts'
import { Cleanup, everything, failureOf } from '../../../test-support/registry-client.ts'
import type { CheckStep } from '../../index.ts'

const cleanup = new Cleanup()
const authorities = tls.getCACertificates('default')
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portolan-azure-'))
})

afterEach(async () => {
  vi.unstubAllEnvs()
  tls.setDefaultCACertificates(authorities)
  await cleanup.close()
  await rm(folder, { recursive: true, force: true })
})

const start = (options?: AcrWorldOptions) => startFilled(cleanup, options)
const open = (world: AcrWorld, ...rest: Rest) => openAcr(cleanup, world, ...rest)
type Rest = Parameters<typeof openAcr> extends [unknown, unknown, ...infer R] ? R : never

const failed = (steps: readonly CheckStep[]): CheckStep | undefined =>
  steps.find(({ state }) => state === 'failed')

describe('a managed identity', () => {
  it('of App Service signs in, by the real SDK, where the operator allows it', async () => {
    const world = await start()
    const { url, seen } = await startMachine(cleanup, world, ['x-identity-header', 'header-secret'])
    vi.stubEnv('IDENTITY_ENDPOINT', `${url}/msi/token`)
    vi.stubEnv('IDENTITY_HEADER', 'header-secret')
    await expectUnusedWithoutLeave(cleanup, world)
    expect(seen).toEqual([])
    const before = asked(world, 'login.microsoftonline.com')
    const clientId = acrIds.reader
    await expectConnected(open(world, { ...keyless, clientId }, true))
    expect(seen[0]?.searchParams.get('resource')).toBe('https://containerregistry.azure.net')
    expect(seen[0]?.searchParams.get('client_id')).toBe(clientId)
    expect(asked(world, 'login.microsoftonline.com')).toBe(before)
  })

  it('that is missing is said, with what to do', async () => {
    const world = await start()
    const dead = createServer((_, response) => response.writeHead(400).end('{}'))
    await new Promise<void>((done) => dead.listen(0, '127.0.0.1', done))
    cleanup.keep({ close: () => dead.close() })
    const address = dead.address()
    vi.stubEnv('IDENTITY_ENDPOINT', `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`)
    vi.stubEnv('IDENTITY_HEADER', 'x')
    const found = failed(await open(world, keyless, true).check())
    expect(found).toMatchObject({ code: 'ambient-identity-missing' })
    expect(found?.remedy).toMatch(/Client ID/)
  })
})

describe('a workload identity', () => {
  /** As the webhook of Kubernetes prepares a pod; the SDK finds Entra by the way that the machine's proxy shows. */
  async function pod(world: AcrWorld, token: string, app: string = acrIds.reader): Promise<string> {
    const file = join(folder, 'azure-identity-token')
    await writeFile(file, token)
    vi.stubEnv('AZURE_FEDERATED_TOKEN_FILE', file)
    vi.stubEnv('AZURE_CLIENT_ID', app)
    vi.stubEnv('AZURE_TENANT_ID', acrIds.tenant)
    vi.stubEnv('HTTPS_PROXY', world.internet.proxyUrl)
    tls.setDefaultCACertificates([...authorities, world.internet.ca])
    return file
  }

  it.each([
    ['public', 'login.microsoftonline.com'],
    ['usgov', 'login.microsoftonline.us'],
  ] as const)('signs in at Entra of the cloud %s, by the real SDK, where the operator allows it', async (cloud, authority) => {
    const world = await start({ cloud })
    const place = cloud === 'public' ? keyless : { ...keyless, cloud }
    await pod(world, world.federatedToken(acrIds.reader))
    await expectUnusedWithoutLeave(cleanup, world, place)
    const before = asked(world, `//${authority}/`)
    const connector = open(world, place, true)
    await expectConnected(connector)
    expect(asked(world, `//${authority}/${acrIds.tenant}/oauth2/v2.0/token`)).toBeGreaterThan(before)
    expect((await everything(connector.tags('api')))[0]?.tags).toHaveLength(1)
  })

  it('is that of the form, where it names another application', async () => {
    const world = await start()
    await pod(world, world.federatedToken(acrIds.owner), acrIds.stranger)
    const steps = await open(world, { ...keyless, clientId: acrIds.owner }, true).check()
    expect(steps.find(({ id }) => id === 'sign-in')?.message).toMatch(/push or delete/)
  })

  it('that no federated credential fits is told from one that is not there, and not tried again', async () => {
    const world = await start()
    await pod(world, 'of.another.cluster')
    const connector = open(world, keyless, true)
    const failure = await failureOf(everything(connector.repositories()))
    expect(failure).toMatchObject({ code: 'credentials-refused', kind: 'auth' })
    expect(failure.publicMessage).toMatch(/federated credential.*AADSTS700213/)
    expect(failure.remedy).toMatch(/issuer and subject/)
    await failureOf(connector.resolve('api', '1'))
    expect(asked(world, 'login.microsoftonline.com')).toBe(1)
  })

  it('gets a token for Resource Manager where Entra knows none for registries', async () => {
    const world = await start({ cloud: 'china', knowsRegistryAudience: false })
    await pod(world, world.federatedToken(acrIds.reader))
    await expectConnected(open(world, { ...keyless, cloud: 'china' }, true))
    // Each audience once, by the check and by the connector.
    expect(asked(world, `//login.partner.microsoftonline.cn/${acrIds.tenant}/oauth2/v2.0/token`)).toBe(4)
  })
})
