import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Secret } from '../../../core/index.ts'
import { connect } from '../../../test-support/platforms/google/connect.ts'
import {
  type GoogleWorld,
  MOUNTED_TOKEN,
  startGarWorld,
} from '../../../test-support/platforms/google/index.ts'
import { Cleanup, failureOf } from '../../../test-support/registry-client.ts'
import { garProvider } from '../../providers/gar/index.ts'
import type { GoogleCredentials } from './credentials.ts'
import { createIdentity } from './identity.ts'
import { readCredentials } from './key-file.ts'

const cleanup = new Cleanup()
let world: GoogleWorld
let now = Date.now()

beforeEach(async () => {
  world = cleanup.keep(await startGarWorld())
  now = Date.now()
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await cleanup.close()
})

function identityOf(credentials: GoogleCredentials) {
  return createIdentity(credentials, {
    http: cleanup.keep(world.internet.http()),
    clock: { now: () => now },
  })
}

function key(name: string, keyId?: string): GoogleCredentials {
  const read = readCredentials(new Secret(JSON.stringify(world.accounts.keyFile(name, keyId))), false)
  if (typeof read === 'string') throw new Error(read)
  return read
}

const asked = (): number => world.internet.requests.length

describe('an access token of a key', () => {
  it('is kept, shared by all who ask at once, and renewed before its end', async () => {
    world.accounts.now = () => now
    const identity = identityOf(key('reader'))
    const [one, other] = await Promise.all([identity.accessToken(), identity.accessToken()])
    expect(one).toBe(other)
    expect(world.accounts.holder(one.value.reveal())).toBe('reader')
    now += 54 * 60_000
    expect(await identity.accessToken()).toBe(one)
    expect(asked()).toBe(1)
    now += 2 * 60_000
    expect((await identity.accessToken()).value.reveal()).not.toBe(one.value.reveal())
    expect(asked()).toBe(2)
  })

  it('is replaced once for all when it is refused', async () => {
    const identity = identityOf(key('reader'))
    const first = await identity.accessToken()
    const [one, other] = await Promise.all([identity.accessToken(first), identity.accessToken(first)])
    expect(one).toBe(other)
    expect(one).not.toBe(first)
    expect(await identity.accessToken(first)).toBe(one)
    expect(asked()).toBe(2)
  })

  it('is not asked for again after a refusal', async () => {
    const identity = identityOf(key('reader', 'deleted'))
    const refusal = await failureOf(identity.accessToken())
    expect(refusal).toMatchObject({ code: 'credentials-refused', kind: 'auth' })
    expect(refusal.publicMessage).toContain('invalid_grant: Invalid JWT Signature')
    expect(refusal.remedy).toContain('new key')
    expect(await failureOf(identity.accessToken())).toBe(refusal)
    expect(asked()).toBe(1)
  })

  it('says that the clock is wrong', async () => {
    now += 3 * 3_600_000
    const refusal = await failureOf(identityOf(key('reader')).accessToken())
    expect(refusal.publicMessage).toContain('the clock of this server is wrong')
    expect(refusal.remedy).toContain('NTP')
  })

  it('says that the account is gone', async () => {
    const refusal = await failureOf(identityOf(key('nobody')).accessToken())
    expect(refusal.publicMessage).toContain(`${world.accounts.email('nobody')} does not exist`)
  })

  it('is asked for again after trouble that says nothing of the key', async () => {
    const identity = identityOf(key('reader'))
    world.internet.intercept = () => ({ status: 500, body: '{"error":"internal_failure"}' })
    expect(await failureOf(identity.accessToken())).toMatchObject({ code: 'registry-failing' })
    world.internet.intercept = () => undefined
    expect(world.accounts.holder((await identity.accessToken()).value.reveal())).toBe('reader')
  })

  it('is never asked for with a secret that was not opened', async () => {
    await expect(identityOf({ kind: 'unseen' }).accessToken()).rejects.toThrow('never opened')
    expect(asked()).toBe(0)
  })
})

describe('a federated identity', () => {
  const folder = join(tmpdir(), `federation-${process.pid}`)
  const federated = (content: string, tokenField?: string): GoogleCredentials => {
    mkdirSync(folder, { recursive: true })
    const tokenFile = join(folder, 'token')
    writeFileSync(tokenFile, content)
    cleanup.keep({ close: () => rmSync(folder, { recursive: true, force: true }) })
    return {
      kind: 'federated',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/k',
      subjectTokenType: 'urn:ietf:params:oauth:token-type:jwt',
      tokenFile,
      tokenField,
      impersonated: world.accounts.email('reader'),
    }
  }

  it('exchanges the token that was mounted, then speaks for its service account', async () => {
    const files = [[`${MOUNTED_TOKEN}\n`], [JSON.stringify({ id_token: MOUNTED_TOKEN }), 'id_token']] as const
    for (const [content, field] of files) {
      const token = await identityOf(federated(content, field)).accessToken()
      expect(world.accounts.holder(token.value.reveal())).toBe('reader')
    }
    expect(world.internet.requests.join('\n')).not.toContain(MOUNTED_TOKEN)
  })

  it('says that the token was refused, or is not there', async () => {
    const wrong = await failureOf(identityOf(federated('another')).accessToken())
    expect(wrong).toMatchObject({ code: 'credentials-refused', kind: 'auth' })
    expect(wrong.publicMessage).toContain('attribute condition')
    expect(wrong.remedy).toContain('workload identity pool')
    const missing = { ...federated(''), tokenFile: '/var/run/secrets/not/there' } as GoogleCredentials
    const broken = [() => missing, () => federated(''), () => federated('{}', 'x'), () => federated('x', 'y')]
    for (const credentials of broken) {
      const refusal = await failureOf(identityOf(credentials()).accessToken())
      expect(refusal.publicMessage).toContain('cannot be read')
    }
  })
})

describe("this server's own identity", () => {
  /** The metadata server of a machine at Google, by its requests. */
  async function startMachine(token: string): Promise<readonly string[]> {
    const requests: string[] = []
    const metadata = createServer((request, response) => {
      requests.push(request.url ?? '')
      response.setHeader('metadata-flavor', 'Google')
      const isToken = request.url?.includes('/token') ?? false
      const body = { access_token: token, expires_in: 3599, token_type: 'Bearer' }
      response
        .writeHead(200, { 'content-type': isToken ? 'application/json' : 'text/plain' })
        .end(isToken ? JSON.stringify(body) : '0')
    })
    await new Promise<void>((done) => metadata.listen(0, '127.0.0.1', done))
    cleanup.keep({ close: () => new Promise((done) => metadata.close(done)) })
    cleanup.keep({ close: () => metadata.closeAllConnections() })
    vi.stubEnv('GCE_METADATA_HOST', `127.0.0.1:${(metadata.address() as AddressInfo).port}`)
    vi.stubEnv('METADATA_SERVER_DETECTION', 'assume-present')
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '')
    vi.stubEnv('HOME', '/nowhere')
    return requests
  }

  it('is that of its machine', async () => {
    const requests = await startMachine('a-token-of-the-machine')
    const token = await identityOf({ kind: 'ambient' }).accessToken()
    expect(token.value.reveal()).toBe('a-token-of-the-machine')
    expect(requests.join()).toContain('/service-accounts/default/token')
  })

  it('connects where it is allowed, and is never asked for where it is not', async () => {
    const requests = await startMachine(world.accounts.issue('reader'))
    const { serviceAccountJson: _, ...settings } = world.settings
    expect(() => connect(cleanup, garProvider, world, { settings })).toThrow(/fields/)
    const withKey = await connect(cleanup, garProvider, world, { allowAmbientCredentials: true }).check()
    expect(withKey.find(({ id }) => id === 'sign-in')?.state).toBe('passed')
    expect(requests).toEqual([])
    const keyless = await connect(cleanup, garProvider, world, {
      settings,
      allowAmbientCredentials: true,
    }).check()
    expect(keyless.find(({ id }) => id === 'sign-in')?.state).toBe('passed')
    expect(keyless.find(({ id }) => id === 'list')?.state).toBe('warning')
    expect(requests.length).toBeGreaterThan(0)
  })

  it('says that there is none', async () => {
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '/not/there.json')
    const refusal = await failureOf(identityOf({ kind: 'ambient' }).accessToken())
    expect(refusal).toMatchObject({ code: 'credentials-refused', kind: 'auth' })
    expect(refusal.publicMessage).toContain('no identity of its own')
  })
})
