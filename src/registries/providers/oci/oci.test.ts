import { afterEach, describe, expect, it } from 'vitest'
import { Secret, systemClock } from '../../../core/index.ts'
import { createAuthority } from '../../../test-support/certificates.ts'
import { testHttp } from '../../../test-support/http.ts'
import { buildImage } from '../../../test-support/image-builder/index.ts'
import { Cleanup, everything, failureOf } from '../../../test-support/registry-client.ts'
import {
  faults,
  pushBuilt,
  type RegistryServer,
  type RegistryServerOptions,
  startRegistryServer,
} from '../../../test-support/registry-server/index.ts'
import { createAddressPolicy } from '../../../platform/http/index.ts'
import type { CheckStep, RegistryConnector } from '../../index.ts'
import { ociProvider } from './index.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const image = buildImage({ layers: [{ files: { a: 'a' } }] })
const users = { ann: 'correct horse' }
const credentials = { username: 'ann', password: new Secret('correct horse') }

async function start(options: RegistryServerOptions = {}): Promise<RegistryServer> {
  const registry = cleanup.keep(await startRegistryServer(options))
  for (const repository of ['acme/api', 'acme/team/web', 'acmeother/x']) {
    pushBuilt(registry, repository, ['1', '2', '3'], image)
  }
  return registry
}

function open(settings: Record<string, unknown>, signal?: AbortSignal): RegistryConnector {
  const environment = { http: testHttp, clock: systemClock, ...(signal ? { signal } : {}) }
  return cleanup.keep(ociProvider.open(settings, environment))
}

const connect = (registry: RegistryServer, settings: Record<string, unknown> = {}) =>
  open({ url: registry.url, allowPlainHttp: true, ...settings })

const states = (steps: readonly CheckStep[]) => Object.fromEntries(steps.map(({ id, state }) => [id, state]))

async function failed(connector: RegistryConnector): Promise<CheckStep> {
  const steps = await connector.check()
  const step = steps.find(({ state }) => state === 'failed')
  if (!step) throw new Error(`nothing failed: ${JSON.stringify(steps)}`)
  const after = steps.slice(steps.indexOf(step) + 1)
  expect(after.every(({ state }) => state === 'skipped')).toBe(true)
  expect(step.remedy).toBeTruthy()
  return step
}

describe('listing', () => {
  it('lists the catalog, at or below the prefix', async () => {
    const registry = await start({ pageSize: 2 })
    const names = async (settings: Record<string, unknown>) =>
      (await everything(connect(registry, settings).repositories())).flatMap((page) =>
        page.repositories.map(({ name }) => name),
      )
    expect(await names({})).toEqual(['acme/api', 'acme/team/web', 'acmeother/x'])
    expect(await names({ prefix: 'acme' })).toEqual(['acme/api', 'acme/team/web'])
    expect(await names({ prefix: 'acme/team/web' })).toEqual(['acme/team/web'])
  })

  it('goes on from a cursor, in the catalog and among the tags', async () => {
    const registry = await start({ pageSize: 2 })
    const connector = connect(registry)
    const [first] = await everything(connector.repositories())
    const rest = await everything(connector.repositories({ cursor: first?.nextCursor ?? '' }))
    expect(rest.flatMap((page) => page.repositories.map(({ name }) => name))).toEqual(['acmeother/x'])
    const [page] = await everything(connector.tags('acme/api'))
    const more = await everything(connector.tags('acme/api', { cursor: page?.nextCursor ?? '' }))
    expect(more.flatMap(({ tags }) => tags.map(({ name }) => name))).toEqual(['3'])
    expect(more.at(-1)?.nextCursor).toBeNull()
  })

  it('cuts long pages, and goes on within them', async () => {
    const registry = await start()
    const tags = Array.from({ length: 250 }, (_, index) => `t${String(index).padStart(3, '0')}`)
    pushBuilt(registry, 'acme/many', tags, image)
    const connector = connect(registry)
    const pages = await everything(connector.tags('acme/many'))
    expect(pages.map((page) => page.tags.length)).toEqual([100, 100, 50])
    registry.deleteTag('acme/many', 't050')
    const rest = await everything(connector.tags('acme/many', { cursor: pages[0]?.nextCursor ?? '' }))
    expect(rest.flatMap((page) => page.tags.map(({ name }) => name))).toEqual(tags.slice(100))
  })

  it('asks for no catalog where the repositories are named', async () => {
    const registry = await start()
    const connector = connect(registry, { repositories: 'acme/api\nother/y' })
    expect(await everything(connector.repositories())).toEqual([
      { repositories: ['acme/api', 'other/y'].map((name) => ({ name, revision: null })), nextCursor: null },
    ])
    expect(registry.requests.all).toEqual([])
  })

  it('gives each tag its digest by one HEAD', async () => {
    const registry = await start()
    const pages = await everything(connect(registry).tags('acme/api'))
    const { digest, mediaType } = image.manifest
    expect(pages).toEqual([
      {
        tags: ['1', '2', '3'].map((name) => ({ name, digest, mediaType, pushedAt: null, size: null })),
        nextCursor: null,
      },
    ])
    expect(registry.requests.of('manifest').map(({ method }) => method)).toEqual(['HEAD', 'HEAD', 'HEAD'])
  })

  it('asks a registry of the protocol alone for nothing more than its lists and tags', async () => {
    const registry = await start()
    const connector = connect(registry)
    await everything(connector.repositories())
    for (const repository of ['acme/api', 'acme/team/web', 'acmeother/x'])
      await everything(connector.tags(repository))
    const { requests } = registry
    const counts = [requests.count('ping'), requests.count('catalog'), requests.count('tags')]
    expect([...counts, requests.count('manifest'), requests.all.length]).toEqual([1, 1, 3, 9, 14])
  })

  it('leaves out a tag that left, and keeps one that is damaged, without digest', async () => {
    const registry = await start()
    registry.faults = [
      faults.status(404, {}, { target: 'manifest', reference: '1' }),
      faults.status(500, {}, { target: 'manifest', reference: '2' }),
    ]
    const [page] = await everything(connect(registry).tags('acme/api'))
    expect(page?.tags.map(({ name, digest }) => [name, digest])).toEqual([
      ['2', null],
      ['3', image.manifest.digest],
    ])
  })

  it.each([404, 401, 403])('says what to do where the catalog answers %i', async (status) => {
    const registry = await start({ auth: { kind: 'basic', users } })
    registry.faults = [
      faults.status(status, { 'www-authenticate': 'Basic realm="x"' }, { target: 'catalog' }),
    ]
    const error = await failureOf(everything(connect(registry, credentials).repositories()))
    expect(error.code).toBe('repositories-not-listed')
    expect(error.remedy).toContain('Repositories')
  })

  it('resolves and pulls', async () => {
    const connector = connect(await start())
    expect(await connector.resolve('acme/api', '1')).toMatchObject({ digest: image.manifest.digest })
    const source = connector.source('acme/api')
    expect(source.name).toBe(`${connector.host}/acme/api`)
    expect((await source.manifest('1')).digest).toBe(image.manifest.digest)
    const { digest, bytes } = image.config
    const stream = await source.blob({ digest, size: bytes.length })
    expect(Buffer.concat(await stream.toArray()).equals(Buffer.from(bytes))).toBe(true)
  })

  it('stops when the surroundings say so', async () => {
    const registry = await start()
    const controller = new AbortController()
    const connector = open({ url: registry.url, allowPlainHttp: true }, controller.signal)
    controller.abort()
    expect(await failureOf(everything(connector.repositories()))).toMatchObject({ code: 'cancelled' })
    expect(await failureOf(connector.resolve('acme/api', '1'))).toMatchObject({ code: 'cancelled' })
  })
})

describe('check', () => {
  it('passes every step, with few requests', async () => {
    const registry = await start({ auth: { kind: 'bearer', users } })
    const steps = await connect(registry, credentials).check()
    expect(states(steps)).toEqual({
      network: 'passed',
      tls: 'warning',
      'sign-in': 'passed',
      list: 'passed',
      pull: 'passed',
    })
    expect(registry.requests.all.length).toBeLessThanOrEqual(8)
  })

  it('finds a wrong password with one try', async () => {
    for (const kind of ['basic', 'bearer'] as const) {
      const registry = await start({ auth: { kind, users } })
      const step = await failed(connect(registry, { username: 'ann', password: new Secret('wrong') }))
      expect(step).toMatchObject({ id: 'sign-in', code: 'credentials-refused' })
      expect(registry.requests.all.filter(({ authorization }) => authorization)).toHaveLength(1)
    }
  })

  it('says that credentials are wanted', async () => {
    const registry = await start({ auth: { kind: 'basic', users } })
    expect(await failed(connect(registry))).toMatchObject({ id: 'sign-in', code: 'sign-in-required' })
  })

  it('warns of credentials that nobody looked at, and of an empty registry', async () => {
    const registry = cleanup.keep(await startRegistryServer())
    expect(states(await connect(registry, credentials).check())).toEqual({
      network: 'passed',
      tls: 'warning',
      'sign-in': 'warning',
      list: 'warning',
      pull: 'skipped',
    })
  })

  it('names the step of each fault', async () => {
    const registry = await start()
    registry.faults = [faults.html()]
    expect(await failed(connect(registry))).toMatchObject({ id: 'network', code: 'not-a-registry' })
    registry.faults = [faults.status(404, {}, { target: 'catalog' })]
    expect(await failed(connect(registry))).toMatchObject({ id: 'list', code: 'repositories-not-listed' })
    registry.faults = [faults.status(403, {}, { target: 'manifest' })]
    expect(await failed(connect(registry))).toMatchObject({ id: 'pull', code: 'permission-missing' })
    expect(await failed(open({ url: 'https://registry.invalid' }))).toMatchObject({
      id: 'network',
      code: 'host-not-found',
    })
    expect(await failed(open({ url: `https://${registry.host}` }))).toMatchObject({
      id: 'tls',
      code: 'not-tls',
    })
    await registry.close()
    expect(await failed(connect(registry))).toMatchObject({ id: 'network', code: 'connection-refused' })
  })

  it('judges certificates', async () => {
    const authority = createAuthority()
    const secure = await start({ tls: authority.issue(['IP:127.0.0.1']) })
    const expired = await start({ tls: authority.issue(['IP:127.0.0.1'], -1) })
    const caCertificate = authority.cert
    expect(await failed(open({ url: secure.url }))).toMatchObject({
      id: 'tls',
      code: 'certificate-untrusted',
    })
    expect(await failed(open({ url: expired.url, caCertificate }))).toMatchObject({
      id: 'tls',
      code: 'certificate-expired',
    })
    const trusted = open({ url: secure.url, caCertificate })
    expect(states(await trusted.check())).toMatchObject({ tls: 'passed', pull: 'passed' })
    expect(trusted.insecure).toBe(false)
    const unverified = open({ url: expired.url, skipTlsVerification: true })
    expect(states(await unverified.check())).toMatchObject({ tls: 'warning', pull: 'passed' })
    expect(unverified.insecure).toBe(true)
  })

  it('names the setting that opens private networks', async () => {
    const registry = await start()
    const environment = {
      http: () => cleanup.keep(testHttp({ addresses: createAddressPolicy([]) })),
      clock: systemClock,
    }
    const connector = ociProvider.open({ url: registry.url, allowPlainHttp: true }, environment)
    const step = await failed(connector)
    expect(step).toMatchObject({ id: 'network', code: 'address-private' })
    expect(step.remedy).toContain('PORTOLAN_ALLOW_PRIVATE_NETWORKS')
    expect(registry.requests.all).toEqual([])
  })
})
