import { afterEach, describe, expect, it } from 'vitest'
import { ann, guardedRegistries, users } from '../../test-support/guarded-registry.ts'
import { Cleanup, failureOf } from '../../test-support/registry-client.ts'
import { faults, type ServerAuth } from '../../test-support/registry-server/index.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const { start, client } = guardedRegistries(cleanup)

describe('realms', () => {
  const realmOf = (realm: string): ServerAuth => ({ kind: 'bearer', users, realm })

  it('never gets credentials at another host, nor does the client go anonymous', async () => {
    const stranger = await start({ kind: 'bearer', users })
    const realm = `${stranger.url.replace('127.0.0.1', 'localhost')}/token`
    const registry = await start(realmOf(realm))
    const error = await failureOf(client(registry, { credentials: ann }).manifest('acme/api', '1'))
    expect(error).toMatchObject({ code: 'realm-untrusted', kind: 'denied' })
    expect(error.publicMessage).toContain('localhost')
    expect(stranger.requests.all).toEqual([])
  })

  it('gets them at a host that is named as belonging to the registry', async () => {
    const registry = await start({ kind: 'bearer', users })
    const realm = `${registry.url.replace('127.0.0.1', 'localhost')}/token`
    const challenge = (text: string) => text.replace(/realm="[^"]*"/, `realm="${realm}"`)
    const other = await start({ kind: 'bearer', users, challenge })
    const signedIn = client(other, { credentials: ann, realmHosts: ['localhost'] })
    await failureOf(signedIn.ping())
    expect(registry.requests.of('token')[0]?.authorization).toMatch(/^Basic /)
  })

  it.each([
    ['nowhere', 'realm-invalid'],
    ['ftp://127.0.0.1/token', 'realm-invalid'],
    ['', 'realm-invalid'],
  ])('refuses "%s"', async (realm, code) => {
    const registry = await start(realmOf(realm))
    expect(await failureOf(client(registry, { credentials: ann }).ping())).toMatchObject({ code })
  })

  it('says so when a server gives no usable token', async () => {
    const registry = await start({ kind: 'bearer', users })
    for (const body of ['{}', '{"token":""}', '{"token":"a\\nb"}', '[]', '{"token":{"a":1}}']) {
      registry.faults = [faults.body(Buffer.from(body), { target: 'token' })]
      expect(await failureOf(client(registry, { credentials: ann }).ping())).toMatchObject({
        code: 'token-invalid',
      })
    }
    registry.faults = [faults.html({ target: 'token' })]
    expect(await failureOf(client(registry, { credentials: ann }).ping())).toMatchObject({
      code: 'not-a-registry',
    })
  })
})
