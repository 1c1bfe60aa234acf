import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../../../core/index.ts'
import type { HttpFactory } from '../../../platform/http/index.ts'
import {
  googleSigner,
  type GoogleWorld,
  startGarWorld,
} from '../../../test-support/platforms/google/index.ts'
import { Cleanup, failureOf } from '../../../test-support/registry-client.ts'
import type { NotifiedChange, RegistryProvider } from '../../index.ts'
import { garProvider } from '../../providers/gar/index.ts'
import { gcrProvider } from '../../providers/gcr/index.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const address = 'https://portolan.example.com/hooks/abc'
const account = 'portolan-push@acme-prod-1234.iam.gserviceaccount.com'
const settings = { projectId: 'acme-prod-1234', pushServiceAccount: account }
const digest = `sha256:${'a'.repeat(64)}`
const pushed = {
  action: 'INSERT',
  digest: `us-docker.pkg.dev/acme-prod-1234/web/team/api@${digest}`,
  tag: 'us-docker.pkg.dev/acme-prod-1234/web/team/api:1.4',
}

let world: GoogleWorld
let http: HttpFactory
let now: number

beforeEach(async () => {
  world = cleanup.keep(await startGarWorld())
  http = (tls) => world.internet.http(tls)
  now = Date.now()
})

interface Signing {
  readonly claims?: Record<string, unknown>
  readonly audience?: string
  readonly issuer?: string
  readonly key?: KeyObject
  readonly kid?: string
  readonly lifetime?: number
}

function signed(signing: Signing = {}): Promise<string> {
  const issuedAt = Math.floor(now / 1000)
  return new SignJWT({
    email: account,
    email_verified: true,
    sub: '113774264463038321964',
    ...signing.claims,
  })
    .setProtectedHeader({ alg: 'RS256', kid: signing.kid ?? 'google-1', typ: 'JWT' })
    .setIssuer(signing.issuer ?? 'https://accounts.google.com')
    .setAudience(signing.audience ?? address)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + (signing.lifetime ?? 3600))
    .sign(signing.key ?? googleSigner().privateKey)
}

function bodyOf(message: unknown): Uint8Array {
  const data = Buffer.from(JSON.stringify(message)).toString('base64')
  return Buffer.from(
    JSON.stringify({
      message: { data, messageId: '136969346945', publishTime: '2026-01-01T00:00:00.000Z' },
      subscription: 'projects/acme-prod-1234/subscriptions/portolan',
      deliveryAttempt: 1,
    }),
  )
}

interface Sent {
  readonly token?: string | undefined
  readonly body?: Uint8Array
  readonly settings?: Readonly<Record<string, unknown>>
  readonly provider?: RegistryProvider
}

async function receive(message: unknown, sent: Sent = {}): Promise<readonly NotifiedChange[]> {
  const { notifications } = sent.provider ?? garProvider
  if (notifications === null) throw new Error('no notifications')
  const token = 'token' in sent ? sent.token : await signed()
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return notifications.read(
    {
      headers,
      body: sent.body ?? bodyOf(message),
      secret: new Secret('unused'),
      address,
      settings: sent.settings ?? settings,
    },
    { http, clock: { now: () => now } },
  )
}

describe('a change that Artifact Registry tells of', () => {
  it('names the image as the connection does', async () => {
    const all = { repository: 'us-docker.pkg.dev/acme-prod-1234/web/team/api', tag: '1.4', action: 'push' }
    expect(await receive(pushed)).toEqual([all])
    const oneRegion = { ...settings, region: 'US' }
    expect(await receive(pushed, { settings: oneRegion })).toEqual([
      { ...all, repository: 'acme-prod-1234/web/team/api' },
    ])
    expect(await receive(pushed)).toEqual([all])
  })

  it('may be a deletion, by tag or by digest', async () => {
    const { tag, ...untagged } = pushed
    expect(await receive({ action: 'DELETE', tag })).toMatchObject([{ tag: '1.4', action: 'delete' }])
    expect(await receive({ ...untagged, action: 'DELETE' })).toMatchObject([{ tag: null, action: 'delete' }])
  })

  it('is nothing where it concerns another project or region', async () => {
    const elsewhere = { action: 'INSERT', tag: 'us-docker.pkg.dev/other-project/web/api:1' }
    expect(await receive(elsewhere)).toEqual([])
    expect(await receive(pushed, { settings: { ...settings, region: 'europe' } })).toEqual([])
    expect(await receive({ action: 'INSERT', tag: 'evil.example/acme-prod-1234/web/api:1' })).toEqual([])
  })

  it('is understood by both names of gcr.io', async () => {
    const wanted = [{ repository: 'gcr.io/acme-prod-1234/team/api', tag: '2', action: 'push' }]
    for (const tag of [
      'gcr.io/acme-prod-1234/team/api:2',
      'us-docker.pkg.dev/acme-prod-1234/gcr.io/team/api:2',
    ])
      expect(await receive({ action: 'INSERT', tag }, { provider: gcrProvider })).toEqual(wanted)
    for (const tag of [
      'us-docker.pkg.dev/acme-prod-1234/web/api:2',
      'eu-docker.pkg.dev/acme-prod-1234/gcr.io/api:2',
      'gcr.io/other-project/api:2',
    ])
      expect(await receive({ action: 'INSERT', tag }, { provider: gcrProvider })).toEqual([])
  })

  it.each([
    ['no JSON', { body: Buffer.from('hello') }],
    ['no message', { body: Buffer.from('{}') }],
    ['data that is no base64', { body: Buffer.from('{"message":{"data":"%%"}}') }],
    ['data that is no JSON', { body: Buffer.from('{"message":{"data":"aGVsbG8="}}') }],
    ['no image', { body: bodyOf({ action: 'INSERT' }) }],
    ['a wild name', { body: bodyOf({ action: 'INSERT', tag: 'us-docker.pkg.dev/../../x:1' }) }],
    ['a digest that is none', { body: bodyOf({ action: 'INSERT', digest: 'us-docker.pkg.dev/p/x@md5:1' }) }],
  ])('is refused with %s', async (_, sent) => {
    expect(await failureOf(receive(undefined, sent))).toMatchObject({ code: 'notification-invalid' })
  })
})

describe('the proof', () => {
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey

  it.each<[string, Signing]>([
    ['another key under the same name', { key: stranger }],
    ['an unknown key', { key: stranger, kid: 'evil-1' }],
    ['another address', { audience: 'https://portolan.example.com/hooks/other' }],
    ['another issuer', { issuer: 'https://evil.example' }],
    ['another account', { claims: { email: 'evil@acme-prod-1234.iam.gserviceaccount.com' } }],
    ['an account that is not verified', { claims: { email_verified: false } }],
    ['a time that has passed', { lifetime: -120 }],
  ])('does not take %s', async (_, signing) => {
    const token = await signed(signing)
    expect(await failureOf(receive(pushed, { token }))).toMatchObject({
      code: 'notification-refused',
      kind: 'auth',
    })
  })

  it('is needed, and an account in the form too', async () => {
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    const claims = Buffer.from(JSON.stringify({ email: account, aud: address })).toString('base64url')
    for (const token of [
      undefined,
      '',
      'a.b.c',
      'x'.repeat(50_000),
      `${none}.${claims}.`,
      `${none}.${claims}.AA`,
    ])
      expect(await failureOf(receive(pushed, { token }))).toMatchObject({ code: 'notification-refused' })
    for (const pushServiceAccount of [undefined, '', ' ', 7])
      expect(
        await failureOf(receive(pushed, { settings: { ...settings, pushServiceAccount } })),
      ).toMatchObject({ code: 'notification-refused' })
  })

  it('ends after an hour, so that a replay does so too', async () => {
    const token = await signed()
    expect(await receive(pushed, { token })).toHaveLength(1)
    expect(await receive(pushed, { token })).toHaveLength(1)
    now += 2 * 3_600_000
    expect(await failureOf(receive(pushed, { token }))).toMatchObject({ code: 'notification-refused' })
  })

  it("asks for Google's keys once an hour, and not for each forged event", async () => {
    for (let times = 0; times < 5; times += 1) await receive(pushed)
    expect(world.internet.requests).toHaveLength(1)
    const token = await signed({ kid: 'google-2' })
    for (let times = 0; times < 5; times += 1) await failureOf(receive(pushed, { token }))
    expect(world.internet.requests).toHaveLength(1)
    now += 61_000
    for (let times = 0; times < 5; times += 1) await failureOf(receive(pushed, { token }))
    expect(world.internet.requests).toHaveLength(2)
    now += 3_600_000
    await receive(pushed)
    expect(world.internet.requests).toHaveLength(3)
  })

  it('says that the keys cannot be fetched, and tries again with the next event', async () => {
    world.internet.intercept = () => ({ status: 500, body: 'trouble' })
    expect(await failureOf(receive(pushed))).toMatchObject({ code: 'registry-failing', kind: 'temporary' })
    world.internet.intercept = () => undefined
    expect(await receive(pushed)).toHaveLength(1)
  })
})

describe('the steps', () => {
  it('have the address in them', () => {
    for (const { notifications } of [garProvider, gcrProvider]) {
      expect(notifications?.steps.join()).toContain('{address}')
      expect(notifications?.sample?.text).toContain("--push-auth-token-audience='{address}'")
    }
  })
})
