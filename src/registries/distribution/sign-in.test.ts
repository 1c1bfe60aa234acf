import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { Secret } from '../../core/index.ts'
import { ann, guardedImage, guardedRegistries, users } from '../../test-support/guarded-registry.ts'
import { Cleanup, everything, failureOf, password } from '../../test-support/registry-client.ts'
import { faults } from '../../test-support/registry-server/index.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const mallory = password('ann', 'wrong')

const { start, client } = guardedRegistries(cleanup)

describe('Basic', () => {
  it('signs every request, after one question how', async () => {
    const registry = await start({ kind: 'basic', users })
    const signedIn = client(registry, { credentials: ann })
    expect(await signedIn.ping()).toEqual({ scheme: 'basic', signedIn: true })
    registry.requests.clear()
    await signedIn.headManifest('acme/api', '1')
    await signedIn.headManifest('acme/api', '2')
    expect(registry.requests.all.map(({ status }) => status)).toEqual([200, 200])
  })

  it('refuses a wrong password, and then asks no more', async () => {
    const registry = await start({ kind: 'basic', users })
    const refused = client(registry, { credentials: mallory })
    expect(await failureOf(refused.ping())).toMatchObject({ code: 'credentials-refused', kind: 'auth' })
    const before = registry.requests.all.length
    expect(await failureOf(refused.manifest('acme/api', '1'))).toMatchObject({ code: 'credentials-refused' })
    expect(registry.requests.all.length).toBe(before)
    expect(registry.requests.all.filter(({ authorization }) => authorization)).toHaveLength(1)
  })

  it('says that credentials are wanted', async () => {
    const registry = await start({ kind: 'basic', users })
    const error = await failureOf(client(registry).manifest('acme/api', '1'))
    expect(error).toMatchObject({ code: 'sign-in-required', kind: 'auth' })
    expect(error.publicMessage).toContain('acme/api')
  })

  it('finds a wrong password where anonymous pulls are allowed', async () => {
    const registry = await start({ kind: 'basic', users, anonymousPull: true })
    expect(
      await failureOf(client(registry, { credentials: mallory }).manifest('acme/api', '1')),
    ).toMatchObject({
      code: 'credentials-refused',
    })
    await client(registry, { credentials: ann }).manifest('acme/api', '1')
    expect(registry.requests.of('manifest').at(-1)?.authorization).toMatch(/^Basic /)
  })

  it('sends a user name and password of any characters', async () => {
    const strange = { 'robot$a+b': 'pä:ß,"word' }
    const registry = await start({ kind: 'basic', users: strange })
    await client(registry, { credentials: password('robot$a+b', 'pä:ß,"word') }).ping()
  })
})

describe('an open registry', () => {
  it('is asked without any Authorization', async () => {
    const registry = await start({ kind: 'none' })
    const open = client(registry)
    expect(await open.ping()).toEqual({ scheme: 'none', signedIn: false })
    await open.manifest('acme/api', '1')
    expect(registry.requests.all.every(({ authorization }) => authorization === undefined)).toBe(true)
  })

  it('does not pass credentials off as accepted', async () => {
    const registry = await start({ kind: 'none' })
    expect(await client(registry, { credentials: ann }).ping()).toEqual({ scheme: 'none', signedIn: false })
  })
})

describe('Bearer', () => {
  it('gets one token for a repository and keeps it', async () => {
    const registry = await start({ kind: 'bearer', users })
    const signedIn = client(registry, { credentials: ann })
    await signedIn.manifest('acme/api', '1')
    await signedIn.manifest('acme/api', '2')
    await signedIn.manifest('acme/web', '1')
    const scopes = registry.requests.of('token').map(({ query }) => new URLSearchParams(query).get('scope'))
    expect(scopes).toEqual(['repository:acme/api:pull', 'repository:acme/web:pull'])
    expect(
      registry.requests.of('token').every(({ authorization }) => authorization?.startsWith('Basic ')),
    ).toBe(true)
    expect(
      registry.requests.of('manifest').every(({ authorization }) => authorization?.startsWith('Bearer ')),
    ).toBe(true)
    expect(new URLSearchParams(registry.requests.of('token')[0]?.query).get('service')).toBe(
      'registry-server',
    )
  })

  it('shares one token request among those who ask at once', async () => {
    const registry = await start({ kind: 'bearer', users })
    const signedIn = client(registry, { credentials: ann })
    await Promise.all(Array.from({ length: 10 }, () => signedIn.headManifest('acme/api', '1')))
    expect(registry.requests.count('token')).toBe(1)
    expect(registry.requests.count('ping')).toBe(1)
  })

  it('goes anonymous only without credentials', async () => {
    const registry = await start({ kind: 'bearer', users, anonymousPull: true })
    await client(registry).manifest('acme/api', '1')
    expect(registry.requests.of('token').map(({ authorization }) => authorization)).toEqual([undefined])
    registry.requests.clear()
    expect(
      await failureOf(client(registry, { credentials: mallory }).manifest('acme/api', '1')),
    ).toMatchObject({
      code: 'credentials-refused',
      kind: 'auth',
    })
    expect(registry.requests.count('token')).toBe(1)
    expect(registry.requests.count('manifest')).toBe(0)
  })

  it('renews a token 10 s before it expires', async () => {
    const clock = { time: 1_000_000, now: () => clock.time }
    const registry = await start({ kind: 'bearer', users, expiresIn: 60, clock })
    const signedIn = client(registry, { credentials: ann, clock })
    await signedIn.headManifest('acme/api', '1')
    clock.time += 49_999
    await signedIn.headManifest('acme/api', '1')
    expect(registry.requests.count('token')).toBe(1)
    clock.time += 1
    await signedIn.headManifest('acme/api', '1')
    expect(registry.requests.count('token')).toBe(2)
  })

  it('renews a token that ended early, once, between two pages too', async () => {
    const registry = await start({ kind: 'bearer', users }, { pageSize: 1 })
    const signedIn = client(registry, { credentials: ann })
    const names: string[] = []
    for await (const page of signedIn.tags('acme/api')) {
      names.push(...page.names)
      registry.revokeTokens()
    }
    expect(names).toEqual(['1', '2'])
    expect(registry.requests.count('token')).toBe(2)
  })

  it('takes a second 401 as refused credentials', async () => {
    const registry = await start({ kind: 'bearer', users })
    const challenge = `Bearer realm="${registry.url}/token",service="s"`
    registry.faults = [faults.status(401, { 'www-authenticate': challenge }, { target: 'manifest' })]
    const error = await failureOf(client(registry, { credentials: ann }).manifest('acme/api', '1'))
    expect(error).toMatchObject({ code: 'credentials-refused', kind: 'auth' })
    expect(registry.requests.count('manifest')).toBe(2)
  })

  it('names the permission that a token lacks', async () => {
    const registry = await start({
      kind: 'bearer',
      users,
      allow: (_, repository) => repository === 'acme/web',
    })
    const error = await failureOf(client(registry, { credentials: ann }).manifest('acme/api', '1'))
    expect(error).toMatchObject({ code: 'permission-missing', kind: 'denied' })
    expect(error.publicMessage).toContain('repository:acme/api:pull')
    await client(registry, { credentials: ann }).manifest('acme/web', '1')
  })

  it('asks for the scope that the challenge names', async () => {
    const registry = await start({
      kind: 'bearer',
      users,
      challenge: (text) =>
        text.replace(/scope="[^"]*"/, 'scope="repository:acme/api:pull repository:acme/web:pull"'),
    })
    const signedIn = client(registry, { credentials: ann })
    await signedIn.manifest('acme/api', '1')
    registry.revokeTokens()
    await signedIn.manifest('acme/api', '1')
    const last = new URLSearchParams(registry.requests.of('token').at(-1)?.query).getAll('scope')
    expect(last).toEqual(['repository:acme/api:pull', 'repository:acme/web:pull'])
  })

  it.each<[string, (challenge: string) => string | string[]]>([
    ['among others in one header', (text) => `Negotiate, ${text}, Basic realm="x"`],
    ['among several headers', (text) => ['Basic realm="x"', text]],
    [
      'in another order',
      (text) => text.replace(/^Bearer (realm="[^"]*"),(service="[^"]*")/, 'bearer $2, $1'),
    ],
  ])('finds the challenge %s', async (_, challenge) => {
    const registry = await start({ kind: 'bearer', users, challenge })
    expect(await client(registry, { credentials: ann }).ping()).toEqual({ scheme: 'bearer', signedIn: true })
    await client(registry, { credentials: ann }).manifest('acme/api', '1')
  })

  it('takes access_token as well', async () => {
    const registry = await start({ kind: 'bearer', users, tokenField: 'access_token' })
    await client(registry, { credentials: ann }).manifest('acme/api', '1')
  })

  it('signs in by the identity token of another tool', async () => {
    const identityTokens = { 'secret identity': 'ann' }
    const registry = await start({ kind: 'bearer', users, identityTokens, tokenField: 'access_token' })
    const signedIn = (token: string) =>
      client(registry, { credentials: { identityToken: new Secret(token) } })
    await signedIn('secret identity').manifest('acme/api', '1')
    expect(registry.requests.of('token').map(({ method, query }) => [method, query])).toEqual([['POST', '']])
    expect(await failureOf(signedIn('stale').ping())).toMatchObject({
      code: 'credentials-refused',
      kind: 'auth',
    })
  })

  it('follows a path that wants Basic though the rest wants Bearer', async () => {
    const registry = await start({ kind: 'bearer', users })
    const basicCatalog = (request: { target: string; headers: Record<string, unknown> }) =>
      request.target === 'catalog' && !String(request.headers['authorization']).startsWith('Basic ')
    registry.faults = [
      (request, reply) =>
        basicCatalog(request)
          ? { ...reply, status: 401, headers: { 'www-authenticate': 'Basic realm="harbor"' } }
          : request.target === 'catalog'
            ? { ...reply, status: 200, body: Buffer.from('{"repositories":["acme/api"]}'), headers: {} }
            : reply,
    ]
    const signedIn = client(registry, { credentials: ann })
    expect(await everything(signedIn.catalog())).toEqual([{ names: ['acme/api'], next: null }])
    await signedIn.manifest('acme/api', '1')
  })

  it('does not let one who gives up end the token request of the others', async () => {
    const registry = await start({ kind: 'bearer', users })
    const held = faults.hold({ target: 'token', times: 1 })
    registry.faults = [held]
    const signedIn = client(registry, { credentials: ann })
    const controller = new AbortController()
    const first = failureOf(signedIn.headManifest('acme/api', '1', controller.signal))
    const second = signedIn.headManifest('acme/api', '2')
    controller.abort()
    expect(await first).toMatchObject({ code: 'cancelled' })
    held.release()
    expect((await second).digest).toBe(guardedImage.manifest.digest)
  })
})

describe('secrets', () => {
  it('stand in no error, even if the registry echoes them', async () => {
    const registry = await start({ kind: 'basic', users })
    const echo = JSON.stringify({
      errors: [{ code: 'DENIED', message: 'no: correct horse / YW5uOmNvcnJlY3QgaG9yc2U= \u001b[31m' }],
    })
    registry.faults = [
      (request, reply) =>
        request.target === 'manifest'
          ? { ...reply, status: 403, body: Buffer.from(echo), headers: {} }
          : reply,
    ]
    const error = await failureOf(client(registry, { credentials: ann }).manifest('acme/api', '1'))
    expect(error).toMatchObject({ code: 'permission-missing' })
    const shown = inspect(error, { depth: 20, showHidden: true })
    expect(shown).toContain('[redacted]')
    expect(shown).not.toMatch(/correct horse|YW5uOmNvcnJlY3QgaG9yc2U/)
    expect(error.publicMessage).toContain('\\u001b')
  })
})
