import { randomBytes } from 'node:crypto'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../core/index.ts'
import { createVault, keyringOf } from '../platform/credentials/index.ts'
import type { Database } from '../platform/db/index.ts'
import {
  checkSecretHeader,
  type IncomingNotification,
  notificationJson,
  type RegistryProvider,
} from '../registries/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import {
  addConnection,
  emptyDatabase,
  fakePlatform,
  ManualClock,
  rowsOf,
} from '../test-support/domain/index.ts'
import { failureOf } from '../test-support/registry-client.ts'
import { type ArrivedEvent, createHooks } from './index.ts'

const keyring = keyringOf([new Secret<Uint8Array>(randomBytes(32))])

/** A platform whose events are a secret header and a list of repositories. */
function tellingPlatform(): RegistryProvider & { readonly events: IncomingNotification[] } {
  const events: IncomingNotification[] = []
  return {
    ...fakePlatform('oci'),
    events,
    notifications: {
      proof: 'a header',
      steps: ['Enter {address} and {secret}.'],
      async read(event) {
        events.push(event)
        checkSecretHeader(event, 'x-secret')
        const names = notificationJson(event) as string[]
        return names.map((repository) => ({ repository, tag: null, action: 'push' as const }))
      },
    },
  }
}

eachDatabase((_name, open) => {
  let db: Database
  let clock: ManualClock
  let platform: ReturnType<typeof tellingPlatform>
  let changes: string[]
  let connectionId: string

  beforeAll(async () => {
    db = await open()
  })
  beforeEach(async () => {
    await emptyDatabase(db)
    clock = new ManualClock()
    platform = tellingPlatform()
    changes = []
    connectionId = await addConnection(db, 'one')
  })

  const make = (providers: readonly RegistryProvider[] = [platform], baseUrl?: string) =>
    createHooks({
      db,
      clock,
      vault: createVault(db, keyring, clock),
      providers,
      http: () => Promise.reject(new Error('no network')) as never,
      baseUrl,
      onChanges: async (orgId, id, repositories) =>
        void changes.push(`${orgId} ${id} ${repositories.join()}`),
    })
  const event = (token: string, secret: string, body: string): ArrivedEvent => ({
    token,
    origin: 'https://here.example',
    headers: { 'x-secret': secret },
    body: Buffer.from(body),
  })
  async function address(hooks = make()) {
    const { address: path = null, secret } = await hooks.rotate('one', connectionId)
    return { token: path?.split('/').at(-1) ?? '', secret: secret ?? '' }
  }
  const outcomes = async () =>
    (await make().get('one', connectionId)).events.map(({ outcome, repositories }) => [outcome, repositories])

  describe('an address for push notifications', () => {
    it('is made on demand, with what is to be done at the platform', async () => {
      const hooks = make()
      expect(await hooks.get('one', connectionId)).toMatchObject({
        supported: true,
        proof: 'a header',
        steps: ['Enter {address} and {secret}.'],
        address: null,
        secret: null,
        events: [],
      })
      const made = await hooks.rotate('one', connectionId)
      expect(made.address).toMatch(/^\/hooks\/registries\/[\w-]{43}$/)
      expect(made.secret).toMatch(/^[\w-]{43}$/)
      expect((await make([platform], 'https://p.example').get('one', connectionId)).address).toBe(
        `https://p.example${made.address}`,
      )
      const stored = JSON.stringify(await rowsOf(db, 'select * from push_hook'))
      expect(stored).not.toContain(made.address?.split('/').at(-1))
    })

    it('tells where to look, once for each repository', async () => {
      const { token, secret } = await address()
      await make().receive(event(token, secret, '["acme/api","acme/web","acme/api"]'))
      expect(changes).toEqual([`one ${connectionId} acme/api,acme/web`])
      expect(await outcomes()).toEqual([['accepted', ['acme/api', 'acme/web']]])
      expect(platform.events[0]?.address).toBe(`https://here.example/hooks/registries/${token}`)
    })

    it('is nobody’s when it is guessed, was replaced or ended, or its connection is gone', async () => {
      const old = await address()
      const now = await address()
      const refused = async (token: string) =>
        expect(await failureOf(make().receive(event(token, now.secret, '[]')))).toMatchObject({
          code: 'hook-not-found',
          kind: 'not-found',
        })
      for (const token of [old.token, 'x', '', `${now.token}x`, '../etc', 'A'.repeat(43)])
        await refused(token)
      await make().receive(event(now.token, now.secret, '["a/b"]'))
      await make().remove('one', connectionId)
      await refused(now.token)
      const again = await address()
      await db.execute('update registry_connection set deleted_at = now() where id = $1', [connectionId])
      await refused(again.token)
      await make().forget('one', connectionId)
      expect(await rowsOf(db, 'select count(*)::int as n from credential')).toEqual([{ n: 0 }])
    })

    it('starts nothing for what is forged or cannot be read, and says so', async () => {
      const { token, secret } = await address()
      const forged = await failureOf(make().receive(event(token, 'guess', '["acme/api"]')))
      expect(forged).toMatchObject({ code: 'notification-refused', kind: 'auth' })
      const broken = await failureOf(make().receive(event(token, secret, '{"a')))
      expect(broken).toMatchObject({ code: 'notification-invalid', kind: 'invalid' })
      await make().receive(event(token, secret, '[]'))
      expect(changes).toEqual([])
      expect(await outcomes()).toEqual([
        ['ignored', []],
        ['invalid', []],
        ['refused', []],
      ])
    })

    it('starts nothing while the connection is disabled', async () => {
      const { token, secret } = await address()
      await db.execute('update registry_connection set enabled = false where id = $1', [connectionId])
      await make().receive(event(token, secret, '["acme/api"]'))
      expect(changes).toEqual([])
      expect(await outcomes()).toEqual([['ignored', ['acme/api']]])
    })

    it('keeps the last 50 events, and ten repositories of each', async () => {
      const { token, secret } = await address()
      for (let number = 0; number < 55; number += 1)
        await make().receive(event(token, secret, `["acme/r${number}"]`))
      const many = Array.from({ length: 30 }, (_, index) => `acme/m${index}`)
      await make().receive(event(token, secret, JSON.stringify(many)))
      const kept = await outcomes()
      expect(kept).toHaveLength(50)
      expect(kept[0]?.[1]).toHaveLength(10)
      expect(kept.at(-1)).toEqual(['accepted', ['acme/r6']])
      expect(changes.at(-1)).toContain('acme/m29')
    })

    it('belongs to its organisation alone', async () => {
      await address()
      for (const word of ['get', 'rotate', 'remove'] as const)
        expect(await failureOf(make()[word]('two', connectionId))).toMatchObject({
          code: 'connection-not-found',
        })
      await make().forget('two', connectionId)
      expect((await make().get('one', connectionId)).address).not.toBeNull()
    })

    it('is not there where the platform tells nobody', async () => {
      const silent = { ...platform, notifications: null }
      expect(await make([silent]).get('one', connectionId)).toMatchObject({ supported: false, address: null })
      expect(await failureOf(make([silent]).rotate('one', connectionId))).toMatchObject({
        code: 'hook-unsupported',
      })
    })
  })
})
