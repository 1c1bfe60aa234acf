import { afterEach, describe, expect, it } from 'vitest'
import { Cleanup, failureOf, password, testClient } from '../../test-support/registry-client.ts'
import { faults, startRegistryServer } from '../../test-support/registry-server/index.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const users = { ann: 'correct horse' }

describe('traits', () => {
  it('knows nothing before the registry has answered', async () => {
    const registry = cleanup.keep(await startRegistryServer())
    const client = testClient(cleanup, registry.host)
    expect(client.traits()).toEqual({ service: undefined, headersForBrowsers: '' })
    await client.ping()
    expect(client.traits()).toEqual({ service: undefined, headersForBrowsers: '' })
    expect(registry.requests.all).toHaveLength(1)
  })

  it('keeps the service of the challenge, signed in or not', async () => {
    const auth = { kind: 'bearer', users, service: 'some-registry' } as const
    const registry = cleanup.keep(await startRegistryServer({ auth }))
    const signedIn = testClient(cleanup, registry.host, { credentials: password('ann', 'correct horse') })
    await signedIn.ping()
    expect(signedIn.traits().service).toBe('some-registry')
    const refused = testClient(cleanup, registry.host, { credentials: password('ann', 'wrong') })
    expect(await failureOf(refused.ping())).toMatchObject({ code: 'credentials-refused' })
    expect(refused.traits().service).toBe('some-registry')
  })

  it('keeps what browsers may send', async () => {
    const allowed = { 'access-control-allow-headers': 'Authorization,X-PRODUCT' }
    const registry = cleanup.keep(await startRegistryServer({ faults: [faults.headers(allowed)] }))
    const client = testClient(cleanup, registry.host)
    await client.ping()
    expect(client.traits().headersForBrowsers).toBe('Authorization,X-PRODUCT')
  })
})
