import { afterEach, describe, expect, it } from 'vitest'
import { AppError, Secret } from '../../core/index.ts'
import { buildImage } from '../../test-support/image-builder/index.ts'
import { Cleanup, failureOf, testClient } from '../../test-support/registry-client.ts'
import {
  pushBuilt,
  type RegistryServer,
  type ServerAuth,
  startRegistryServer,
} from '../../test-support/registry-server/index.ts'
import type { CredentialSource } from './credential-keeper.ts'
import type { RegistryCredentials } from './credentials.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const image = buildImage({ layers: [{ files: { a: 'a' } }] })
const hour = 3_600_000

/** A registry whose only password is the one that was issued last, and who issues them. */
class Issuer {
  readonly users: Record<string, string> = {}
  readonly refused: (string | undefined)[] = []
  time = 1_000_000
  takesNothing = false
  readonly clock = { now: () => this.time }

  issue: CredentialSource = async (refused) => {
    this.refused.push(refused && 'password' in refused ? refused.password.reveal() : undefined)
    await Promise.resolve()
    return { credentials: this.next(), renewAt: this.time + hour }
  }

  next(): RegistryCredentials {
    const password = `password-${this.refused.length}`
    if (!this.takesNothing) this.users['robot'] = password
    return { username: 'robot', password: new Secret(password) }
  }

  revoke(): void {
    this.users['robot'] = 'somebody else knows'
  }
}

async function start(auth: (issuer: Issuer) => ServerAuth) {
  const issuer = new Issuer()
  const registry = cleanup.keep(await startRegistryServer({ auth: auth(issuer) }))
  pushBuilt(registry, 'acme/api', ['1'], image)
  const options = { credentials: issuer.issue, clock: issuer.clock }
  const client = testClient(cleanup, registry.host, options)
  return { issuer, registry, client, pull: () => client.headManifest('acme/api', '1') }
}

const basic = ({ users }: Issuer): ServerAuth => ({ kind: 'basic', users })
const bearer = ({ users, clock }: Issuer): ServerAuth => ({ kind: 'bearer', users, clock, expiresIn: 60 })

const statuses = (registry: RegistryServer) => registry.requests.all.map(({ status }) => status)

describe.each<[string, (issuer: Issuer) => ServerAuth]>([
  ['Basic', basic],
  ['Bearer', bearer],
])('credentials that end, by %s', (_, auth) => {
  it('are asked for once by all who wait, and kept', async () => {
    const { issuer, pull } = await start(auth)
    await Promise.all([pull(), pull(), pull()])
    await pull()
    expect(issuer.refused).toEqual([undefined])
  })

  it('are renewed when their time has come, before they are refused', async () => {
    const { issuer, registry, pull } = await start(auth)
    await pull()
    issuer.time += hour - 1
    await pull()
    expect(issuer.refused).toHaveLength(1)
    registry.requests.clear()
    issuer.time += 60_000
    await pull()
    expect(issuer.refused).toEqual([undefined, undefined])
    expect(statuses(registry)).not.toContain(401)
  })

  it('are renewed after a refusal, each time that the registry has taken them before', async () => {
    const { issuer, registry, pull } = await start(auth)
    await pull()
    for (const time of [1, 2]) {
      issuer.revoke()
      registry.revokeTokens()
      await pull()
      expect(issuer.refused).toHaveLength(1 + time)
    }
    expect(issuer.refused).toEqual([undefined, 'password-1', 'password-2'])
  })

  it('are not renewed again when the new ones are refused too', async () => {
    const { issuer, registry, pull } = await start(auth)
    issuer.takesNothing = true
    expect(await failureOf(pull())).toMatchObject({ code: 'credentials-refused', kind: 'auth' })
    expect(issuer.refused).toEqual([undefined, 'password-1'])
    const before = registry.requests.all.length
    expect(await failureOf(pull())).toMatchObject({ code: 'credentials-refused' })
    expect(issuer.refused).toHaveLength(2)
    expect(registry.requests.all.length).toBe(before)
  })
})

describe('a password that the registry calls ended by 403, as Amazon ECR does', () => {
  it.each(['GET', 'HEAD'])('is renewed: %s', async (method) => {
    const { issuer, registry, client, pull } = await start(basic)
    await pull()
    const ended = [issuer.users['robot']]
    const body =
      '{"errors":[{"code":"DENIED","message":"Your authorization token has expired. Reauthenticate and try again."}]}'
    registry.faults = [
      (request, answer) => {
        const sent = Buffer.from(String(request.headers['authorization']).slice(6), 'base64').toString()
        return ended.some((password) => sent.endsWith(`:${password}`))
          ? { ...answer, status: 403, body: Buffer.from(body) }
          : answer
      },
    ]
    await (method === 'GET' ? client.manifest('acme/api', '1') : pull())
    expect(issuer.refused).toEqual([undefined, 'password-1'])
  })

  it('is not renewed for a permission that is missing', async () => {
    const { issuer, registry, pull } = await start(basic)
    await pull()
    const body = '{"errors":[{"code":"DENIED","message":"not authorized to perform: ecr:BatchGetImage"}]}'
    registry.faults = [(_, answer) => ({ ...answer, status: 403, body: Buffer.from(body) })]
    const error = await failureOf(pull())
    expect(error).toMatchObject({ code: 'permission-missing', kind: 'denied' })
    expect(error.publicMessage).toContain('ecr:BatchGetImage')
    expect(issuer.refused).toEqual([undefined])
  })
})

describe('a source', () => {
  it('that has nothing better says so by giving the same', async () => {
    const { issuer, registry } = await start(basic)
    const same = issuer.next()
    const credentials = () => Promise.resolve({ credentials: same, renewAt: Infinity })
    issuer.revoke()
    const client = testClient(cleanup, registry.host, { credentials })
    expect(await failureOf(client.ping())).toMatchObject({ code: 'credentials-refused' })
    expect(registry.requests.all.filter(({ authorization }) => authorization)).toHaveLength(1)
  })

  it.each<['auth' | 'temporary', number]>([
    ['auth', 1],
    ['temporary', 2],
  ])('that fails with kind %s is asked %i times by two pulls', async (kind, times) => {
    const { registry } = await start(basic)
    let asked = 0
    const credentials: CredentialSource = () => {
      asked += 1
      return Promise.reject(new AppError({ code: 'not-issued', kind, publicMessage: 'Not issued.' }))
    }
    const client = testClient(cleanup, registry.host, { credentials })
    for (const _ of [1, 2]) expect(await failureOf(client.ping())).toMatchObject({ code: 'not-issued' })
    expect(asked).toBe(times)
  })

  it('is known by nobody who reads a message', async () => {
    const { registry, client, pull } = await start(basic)
    await pull()
    registry.faults = [
      (request, answer) => ({
        ...answer,
        status: 403,
        body: Buffer.from(
          JSON.stringify({ errors: [{ message: `denied: ${request.headers['authorization']}` }] }),
        ),
      }),
    ]
    const { publicMessage } = await failureOf(client.manifest('acme/api', '1'))
    expect(publicMessage).toContain('denied')
    expect(publicMessage).not.toContain(Buffer.from('robot:password-1').toString('base64'))
  })
})
