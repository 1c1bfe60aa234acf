import { beforeAll, describe, expect, it } from 'vitest'
import { Secret } from '../../core/index.ts'
import { eachDatabase } from '../../test-support/databases/index.ts'
import type { Database } from '../db/index.ts'
import { createTenancy } from '../tenancy/index.ts'
import { type OpenAccessOptions, openAccess } from './index.ts'

type Opened = Awaited<ReturnType<typeof openAccess>>

const clock = { at: Date.UTC(2026, 0, 2), now: () => clock.at }
const ADMIN_TOKEN = 'bootstrap-token-for-tests'

function options(database: Database, more: Partial<OpenAccessOptions> = {}): OpenAccessOptions {
  return {
    database,
    tenancy: createTenancy(database, clock),
    clock,
    secret: new Secret('a secret of the tests, 32 letters'),
    secureCookies: false,
    organisation: { id: 'org-1', name: 'One' },
    adminToken: new Secret(ADMIN_TOKEN),
    onProblem: () => {},
    ...more,
  }
}

function act(access: Opened, action: string, body: unknown, cookie?: string) {
  return access.signIn({ action, body, cookie, userAgent: 'test', address: '192.0.2.9' })
}

async function signIn(access: Opened, email: string, password: Secret<string>): Promise<string> {
  const { status, setCookies } = await act(access, 'sign-in/email', { email, password: password.reveal() })
  expect(status).toBe(200)
  return setCookies.map((line) => line.split(';')[0]).join('; ')
}

eachDatabase((_name, open) => {
  let database: Database
  let access: Opened
  let first: NonNullable<Opened['firstUser']>

  beforeAll(async () => {
    database = await open()
    const opened = await openAccess(options(database))
    access = opened
    if (opened.firstUser === null) throw new Error('no first user')
    first = opened.firstUser
  })

  describe('the first start', () => {
    it('makes one administrator, and later starts none', async () => {
      expect(first.email).toBe('admin@portolan.local')
      expect(first.password.reveal()).toMatch(/^(?:[a-z2-9]{5}-){3}[a-z2-9]{5}$/)
      expect((await openAccess(options(database))).firstUser).toBeNull()
    })

    it('of several servers at once makes one administrator', async () => {
      const fresh = await open()
      const opened = await Promise.all([1, 2, 3].map(() => openAccess(options(fresh))))
      expect(opened.filter(({ firstUser }) => firstUser !== null)).toHaveLength(1)
    })
  })

  describe('a session', () => {
    it('begins with the right password and ends with signing out', async () => {
      const cookie = await signIn(access, first.email, first.password)
      expect((await access.authenticate({ cookie }))?.principal).toMatchObject({
        kind: 'user',
        user: { name: 'Administrator', email: first.email },
        organisation: { id: 'org-1', name: 'One' },
        role: 'admin',
      })
      await act(access, 'sign-out', {}, cookie)
      expect(await access.authenticate({ cookie })).toBeUndefined()
    })

    it('is the same for all that a page asks at once, and asked for anew by the next', async () => {
      const cookie = await signIn(access, first.email, first.password)
      const [one, two, other] = await Promise.all(
        [cookie, cookie, 'portolan.session_token=a.b'].map((each) => access.authenticate({ cookie: each })),
      )
      expect(one?.principal.user.email).toBe(first.email)
      expect(two).toBe(one)
      expect(other).toBeUndefined()
      await act(access, 'sign-out', {}, cookie)
      expect(await access.authenticate({ cookie })).toBeUndefined()
    })

    it('does not begin with anything else', async () => {
      for (const [email, password] of [
        [first.email, 'wrong password'],
        ['nobody@portolan.local', first.password.reveal()],
        ["' or 1=1 --", 'x'],
        [first.email, ''],
      ]) {
        const answer = await act(access, 'sign-in/email', { email, password })
        expect(answer.status).toBeGreaterThanOrEqual(400)
        expect(answer.status).toBeLessThan(500)
        expect(answer.setCookies.join()).not.toContain('session_token=')
      }
    })

    it('is not to be made up: a changed, foreign or empty cookie is nobody', async () => {
      const cookie = await signIn(access, first.email, first.password)
      const other = await openAccess(
        options(database, { secret: new Secret('another secret of 32 letters .') }),
      )
      expect(await other.authenticate({ cookie })).toBeUndefined()
      for (const forged of [cookie.replace(/.%3D$|.$/, 'x'), 'portolan.session_token=a.b', '', '%', ';;=']) {
        expect(await access.authenticate({ cookie: forged })).toBeUndefined()
      }
    })

    it('has a cookie that scripts and other sites do not get, and by HTTPS only where there is HTTPS', async () => {
      const answer = await act(access, 'sign-in/email', {
        email: first.email,
        password: first.password.reveal(),
      })
      expect(answer.setCookies[0]).toMatch(/^portolan\.session_token=.*HttpOnly; SameSite=Lax$/)
      const secure = await openAccess(options(database, { secureCookies: true }))
      const tls = await act(secure, 'sign-in/email', {
        email: first.email,
        password: first.password.reveal(),
      })
      expect(tls.setCookies[0]).toMatch(/^__Secure-portolan\.session_token=.*Secure/)
    })

    it('cannot be opened by signing up', async () => {
      const body = { email: 'new@example.org', password: 'long enough a password', name: 'New' }
      expect((await act(access, 'sign-up/email', body)).status).toBeGreaterThanOrEqual(400)
    })
  })

  describe('a password', () => {
    it('is changed by its owner only, which ends the other sessions', async () => {
      const email = 'changer@example.org'
      const old = new Secret('the first password')
      await access.administration.addUser({
        name: 'C',
        email,
        password: old,
        organisationId: 'org-1',
        role: 'member',
      })
      const [mine, elsewhere] = [await signIn(access, email, old), await signIn(access, email, old)]
      const change = { newPassword: 'the second password', revokeOtherSessions: true }
      const wrong = await act(access, 'change-password', { ...change, currentPassword: 'guess' }, mine)
      expect(wrong.status).toBe(400)
      const right = await act(access, 'change-password', { ...change, currentPassword: old.reveal() }, mine)
      expect(right.status).toBe(200)
      expect(await access.authenticate({ cookie: elsewhere })).toBeUndefined()
      const refused = await act(access, 'sign-in/email', { email, password: old.reveal() })
      expect(refused.status).toBe(401)
      await signIn(access, email, new Secret('the second password'))
    })
  })

  describe('organisations', () => {
    it('are those of the membership: each user is in its own', async () => {
      await access.administration.addOrganisation({ id: 'org-2', name: 'Two' })
      const password = new Secret('password of the second')
      const user = { name: 'B', email: 'B@example.org', password, organisationId: 'org-2' }
      expect(await createTenancy(database, clock).get('org-2')).toMatchObject({ id: 'org-2' })
      expect(await access.administration.addUser({ ...user, role: 'member' })).toEqual(expect.any(String))
      expect(await access.administration.addUser({ ...user, role: 'admin' })).toBeUndefined()
      const cookie = await signIn(access, 'b@example.org', password)
      expect((await access.authenticate({ cookie }))?.principal).toMatchObject({
        organisation: { id: 'org-2', name: 'Two' },
        role: 'member',
      })
    })
  })

  describe('an API token', () => {
    async function memberToken(expiresAt: number | null) {
      const email = `${crypto.randomUUID()}@example.org`
      const userId = await access.administration.addUser({
        name: 'T',
        email,
        password: new Secret('password of a token owner'),
        organisationId: 'org-1',
        role: 'member',
      })
      if (userId === undefined) throw new Error('not added')
      return access.createToken({ organisationId: 'org-1', userId, name: 'ci', expiresAt })
    }
    const bearer = (token: string) => access.authenticate({ authorization: `Bearer ${token}` })

    it('speaks for its owner until it is revoked by its own organisation', async () => {
      const { id, token } = await memberToken(null)
      expect(token).toMatch(/^ptl_[\w-]{43}$/)
      expect((await bearer(token))?.principal).toMatchObject({
        kind: 'token',
        role: 'member',
        credentialId: id,
      })
      expect(await access.revokeToken('org-2', id)).toBe(false)
      expect(await bearer(token)).toBeDefined()
      expect(await access.revokeToken('org-1', id)).toBe(true)
      expect(await bearer(token)).toBeUndefined()
      expect(await access.revokeToken('org-1', id)).toBe(false)
    })

    it('expires', async () => {
      const { token } = await memberToken(clock.at + 1000)
      expect(await bearer(token)).toBeDefined()
      clock.at += 1001
      expect(await bearer(token)).toBeUndefined()
    })

    it('is kept as a hash, with its last use', async () => {
      const { id, token } = await memberToken(null)
      await bearer(token)
      const [row] = await database.execute('select * from api_token where id = $1', [id])
      expect(JSON.stringify(row)).not.toContain(token.slice(4))
      expect(new Date(row?.['last_used_at'] as string).getTime()).toBe(clock.at)
    })

    it('is not saved by a good cookie when it is bad', async () => {
      const cookie = await signIn(access, first.email, first.password)
      for (const authorization of ['Bearer ptl_wrong', 'Bearer ', 'Basic YTpi', '']) {
        expect(await access.authenticate({ authorization, cookie })).toBeUndefined()
      }
    })
  })

  describe('the bootstrap token', () => {
    it('administers the first organisation, and nothing like it does', async () => {
      const at = (token: string) => access.authenticate({ authorization: `Bearer ${token}` })
      expect((await at(ADMIN_TOKEN))?.principal).toMatchObject({
        role: 'admin',
        organisation: { id: 'org-1' },
      })
      expect(await at(ADMIN_TOKEN.slice(0, -1))).toBeUndefined()
      expect(await at(`${ADMIN_TOKEN}x`)).toBeUndefined()
      const without = await openAccess(options(database, { adminToken: undefined }))
      expect(await without.authenticate({ authorization: `Bearer ${ADMIN_TOKEN}` })).toBeUndefined()
      expect(await without.authenticate({ authorization: 'Bearer undefined' })).toBeUndefined()
    })
  })
})
