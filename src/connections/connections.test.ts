import { randomBytes } from 'node:crypto'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { hostList, Secret } from '../core/index.ts'
import { createVault, keyringOf } from '../platform/credentials/index.ts'
import type { Database } from '../platform/db/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import {
  emptyDatabase,
  type FakePlatform,
  fakePlatform,
  ManualClock,
  rowsOf,
} from '../test-support/domain/index.ts'
import { type ConnectionInput, createConnections, type OperatorRules, settle } from './index.ts'

const keyring = keyringOf([new Secret<Uint8Array>(randomBytes(32))])
const input: ConnectionInput = {
  name: 'Main',
  platform: 'fake',
  settings: { url: 'registry.test', username: 'robot', password: 'hunter2-secret', unknown: 'dropped' },
}

eachDatabase((_name, open) => {
  let db: Database
  let clock: ManualClock
  let platform: FakePlatform
  let ready: string[]

  beforeAll(async () => {
    db = await open()
  })
  beforeEach(async () => {
    await emptyDatabase(db)
    clock = new ManualClock()
    platform = fakePlatform()
    ready = []
  })
  const allowed = (hosts: string[]): OperatorRules => ({
    insecureHosts: hostList('INSECURE_SETTING', hosts),
    proxyHosts: hostList('PROXY_SETTING', []),
    identity: { has: (orgId) => orgId === 'two' },
    egressAddresses: ['192.0.2.7'],
  })
  const make = (rules = allowed(['*'])) =>
    createConnections({
      rules,
      db,
      clock,
      vault: createVault(db, keyring, clock),
      providers: [platform],
      environment: { http: () => Promise.reject(new Error('no network')) as never, clock },
      onReady: async (orgId, id) => void ready.push(`${orgId} ${id}`),
    })
  const password = (index: number): unknown =>
    (platform.opened.at(index)?.['password'] as Secret<string> | undefined)?.reveal()

  it('seals secrets, shows the rest, checks, and says when it works', async () => {
    const created = await make().service.create('one', input)
    expect(created).toMatchObject({
      name: 'Main',
      platformLabel: 'Fake registry',
      host: 'registry.test',
      settings: { url: 'registry.test', username: 'robot' },
      secretFields: ['password'],
      status: 'Connected',
      access: 'Private',
      insecure: false,
      scanIntervalHours: 24,
      selection: { latestTags: 10, include: [], exclude: [], platforms: [] },
      engine: 'portolan',
      counts: { repositories: 0, images: 0, pending: 0, scanning: 0, completed: 0, failed: 0 },
      version: 1,
    })
    expect(ready).toEqual([`one ${created.id}`])
    expect(JSON.stringify(created)).not.toContain('hunter2')
    const everything = JSON.stringify([
      await rowsOf(db, 'select * from registry_connection'),
      await rowsOf(db, `select encode(sealed, 'escape') as sealed from credential`),
    ])
    expect(everything).not.toContain('hunter2')
    await make().connectors.openConnector('one', created.id)
    expect(password(-1)).toBe('hunter2-secret')
  })

  it('keeps a connection that does not work, with the reason', async () => {
    platform.steps = [
      { id: 'network', state: 'passed', message: 'Reached.', remedy: null, code: null },
      {
        id: 'sign-in',
        state: 'failed',
        message: 'Refused.',
        remedy: 'Enter them again.',
        code: 'credentials-refused',
      },
    ]
    const { service } = make()
    const created = await service.create('one', input)
    expect(created).toMatchObject({
      status: 'Error',
      statusReason: { code: 'credentials-refused', message: 'Refused.', remedy: 'Enter them again.' },
    })
    expect(ready).toEqual([])
    expect(await service.check('one', created.id)).toMatchObject({ ok: false, steps: platform.steps })
    platform.steps = []
    expect(await service.check('one', created.id)).toMatchObject({ ok: true, error: null })
    expect(await service.get('one', created.id)).toMatchObject({ status: 'Connected', statusReason: null })
  })

  it('refuses what is wrong, by field', async () => {
    const { service } = make()
    await expect(service.create('one', { ...input, platform: 'none' })).rejects.toMatchObject({
      code: 'platform-unknown',
    })
    await expect(service.create('one', { ...input, settings: {} })).rejects.toMatchObject({
      code: 'settings-invalid',
      fields: { url: 'The address is missing.' },
    })
    await service.create('one', input)
    await expect(service.create('one', input)).rejects.toMatchObject({ code: 'connection-name-taken' })
    expect(await rowsOf(db, 'select id from credential')).toHaveLength(1)
  })

  it('keeps the stored secret on an empty edit, and asks for it again when the registry changes', async () => {
    const { service } = make()
    const { id } = await service.create('one', input)
    const edit = (version: number, settings: Record<string, unknown>) =>
      service.edit('one', id, { version, settings })
    await edit(1, { url: 'registry.test', username: 'other', password: '' })
    expect(password(-1)).toBe('hunter2-secret')
    for (const settings of [
      { url: 'evil.test', username: 'other' },
      { url: 'registry.test', username: 'other', insecure: true },
      { url: 'registry.test', username: 'other', tokenHost: 'evil.test' },
      { url: 'registry.test', username: 'other', proxyUrl: 'http://evil.test:3128' },
      { url: 'registry.test', username: 'other', caCertificate: 'of an authority of theirs' },
      { url: 'registry.test', username: 'other', skipTlsVerification: true },
    ]) {
      const before = platform.opened.length
      await expect(edit(2, settings)).rejects.toMatchObject({
        code: 'secret-needed',
        fields: { password: expect.any(String) },
      })
      await expect(
        service.checkSettings('one', { platform: 'fake', settings, connectionId: id }),
      ).rejects.toMatchObject({ code: 'secret-needed' })
      const passwords = platform.opened.slice(before).map((_, index) => password(before + index))
      expect(passwords).not.toContain('hunter2-secret')
    }
    const edited = await edit(2, { url: 'evil.test', username: 'other', password: 'new' })
    expect(edited).toMatchObject({ host: 'evil.test', version: 3, secretFields: ['password'] })
    await make().connectors.openConnector('one', id)
    expect(password(-1)).toBe('new')
  })

  it('removes a stored secret that is null, and keeps those that are empty', async () => {
    const { service, connectors } = make()
    const settings = { ...input.settings, proxyPassword: 'by-the-way' }
    const { id } = await service.create('one', { ...input, settings })
    const plain = { url: 'registry.test', username: 'robot' }
    const edited = await service.edit('one', id, {
      version: 1,
      settings: { ...plain, password: '', proxyPassword: null },
    })
    expect(edited).toMatchObject({ secretFields: ['password'], access: 'Private' })
    await connectors.openConnector('one', id)
    expect(password(-1)).toBe('hunter2-secret')
    expect(platform.opened.at(-1)).not.toHaveProperty('proxyPassword')
    const open = await service.edit('one', id, { version: 2, settings: { ...plain, password: null } })
    expect(open).toMatchObject({ secretFields: [], access: 'Public/Manual' })
    expect(await rowsOf(db, 'select id from credential')).toEqual([])
  })

  it('credentials of a proxy alone do not make a registry a private one', async () => {
    const settings = { url: 'registry.test', username: '', proxyPassword: 'by-the-way' }
    const created = await make().service.create('one', { ...input, settings })
    expect(created).toMatchObject({ access: 'Public/Manual', secretFields: ['proxyPassword'] })
  })

  it('an unprotected way is refused where the operator does not name the host, at its switch, also later', async () => {
    const settings = { ...input.settings, insecure: true }
    const refused = {
      code: 'insecure-not-allowed',
      kind: 'denied',
      remedy: expect.stringContaining('INSECURE_SETTING'),
      fields: { insecure: expect.stringContaining('INSECURE_SETTING') },
    }
    const strict = make(allowed(['other.test']))
    await expect(strict.service.create('one', { ...input, settings })).rejects.toMatchObject(refused)
    await expect(strict.service.checkSettings('one', { platform: 'fake', settings })).rejects.toMatchObject(
      refused,
    )
    const created = await make(allowed(['registry.test'])).service.create('one', { ...input, settings })
    expect(created.insecure).toBe(true)
    await expect(strict.connectors.openConnector('one', created.id)).rejects.toMatchObject(refused)
    await expect(strict.service.check('one', created.id)).rejects.toMatchObject(refused)
  })

  it('the server’s own cloud identity speaks only for organisations that the operator names', async () => {
    const { service, connectors } = make()
    for (const [orgId, may] of [
      ['one', false],
      ['two', true],
    ] as const) {
      const { id } = await service.create(orgId, input)
      await connectors.openConnector(orgId, id)
      await service.checkSettings(orgId, { platform: 'fake', settings: input.settings })
      const said = platform.environments.splice(0).map((each) => each.allowAmbientCredentials)
      expect(said.length).toBeGreaterThan(3)
      expect(new Set(said)).toEqual(new Set([may]))
      const account = service.platforms(orgId)[0]?.fields.find(({ name }) => name === 'account')
      expect(account).toMatchObject({ required: !may })
      expect(account?.help.includes('use this server')).toBe(may)
    }
  })

  it('forms say what the operator allows', () => {
    const helpOf = (rules: OperatorRules, field: string) =>
      make(rules)
        .service.platforms('one')[0]
        ?.fields.find(({ name }) => name === field)?.help
    expect(helpOf(allowed([]), 'skipTlsVerification')).toContain('for no registry (INSECURE_SETTING)')
    expect(helpOf(allowed(['a.lan', 'b.lan']), 'insecure')).toContain('for: a.lan, b.lan (INSECURE_SETTING)')
    expect(helpOf(allowed(['*']), 'insecure')).toBe('')
    expect(helpOf(allowed([]), 'proxyUrl')).toContain('for no proxy (PROXY_SETTING)')
  })

  it('what registries answered is remembered from work to work, until an edit; a check knows nothing of it', async () => {
    const { service, connectors } = make()
    const { id } = await service.create('one', input)
    const other = await service.create('one', { ...input, name: 'Other' })
    const answersOf = async (connectionId = id) => {
      await (await connectors.openConnector('one', connectionId)).close()
      return platform.environments.at(-1)?.answers
    }
    const first = await answersOf()
    expect(first).toBeDefined()
    expect(await answersOf()).toBe(first)
    expect(await answersOf(other.id)).not.toBe(first)
    await service.check('one', id)
    expect(platform.environments.at(-1)?.answers).toBeUndefined()
    await service.edit('one', id, { version: 1, settings: { ...input.settings, password: 'another' } })
    expect(await answersOf()).not.toBe(first)
  })

  it('says when the settings were last edited, and nothing else', async () => {
    const { service } = make()
    const { id } = await service.create('one', input)
    const editedAt = async () => rowsOf(db, 'select settings_at from registry_connection')
    await service.edit('one', id, { version: 1, name: 'Renamed' })
    expect(await editedAt()).toEqual([{ settings_at: null }])
    await service.edit('one', id, { version: 2, settings: { ...input.settings, username: 'another' } })
    expect(await editedAt()).toEqual([{ settings_at: new Date(clock.now()) }])
  })

  it('work and checks of one connection share one budget', async () => {
    const { service, connectors } = make()
    const { id } = await service.create('one', input)
    const budgetOf = async () => {
      await connectors.openConnector('one', id)
      return platform.environments.at(-1)?.budget
    }
    await (await budgetOf())?.take('api')
    await service.check('one', id)
    const ofCheck = platform.environments.at(-1)?.budget
    await ofCheck?.take('api')
    await expect(ofCheck?.take('api')).rejects.toMatchObject({ code: 'registry-rate-limited' })
    await service.remove('one', id)
    expect(await rowsOf(db, 'select * from request_budget')).toEqual([])
  })

  it('what is tried before it is saved waits for no other trial', async () => {
    const { service } = make()
    await service.checkSettings('one', input)
    await platform.environments.at(-1)?.budget?.take('api')
    platform.environments.at(-1)?.budget?.report('api', { remaining: 0, resetAt: clock.now() + 7_200_000 })
    await service.checkSettings('one', { ...input, settings: { ...input.settings, url: 'elsewhere.test' } })
    await expect(platform.environments.at(-1)?.budget?.take('api')).resolves.toBeTypeOf('function')
  })

  it('warnings of a check last until another check or discovery sees otherwise', async () => {
    const { service } = make()
    const warning = (step: 'sign-in' | 'list') => ({
      id: step,
      state: 'warning' as const,
      message: `About ${step}.`,
      remedy: null,
      code: null,
    })
    platform.steps = [warning('sign-in'), warning('list')]
    const { id } = await service.create('one', input)
    const warnings = async () => (await service.get('one', id)).warnings
    expect(await warnings()).toEqual([
      { about: 'sign-in', message: 'About sign-in.', remedy: null },
      { about: 'list', message: 'About list.', remedy: null },
    ])
    const discovered = (repositories: number, incompleteBecause: string | null = null) =>
      settle(db.lane('page'), 'one', id, {
        status: 'Connected',
        reason: null,
        checkedAt: new Date(clock.now()),
        discovery: { at: new Date(clock.now()).toISOString(), repositories, tags: 0, incompleteBecause },
      })
    await discovered(0)
    expect(await warnings()).toEqual([
      { about: 'sign-in', message: 'About sign-in.', remedy: null },
      {
        about: 'discovery',
        message: expect.stringMatching(/may not list them, or the registry has no images/),
        remedy: expect.stringMatching(/permission to list.*push a test image and discover again/),
      },
    ])
    await discovered(0, 'it was cut off')
    expect((await warnings()).map(({ about }) => about)).toEqual(['sign-in'])
    await discovered(3)
    platform.steps = []
    await service.check('one', id)
    expect(await warnings()).toEqual([])
  })

  it('a registry that asks for patience leaves the status as it was', async () => {
    const { service } = make()
    const { id } = await service.create('one', input)
    platform.steps = [
      { id: 'list', state: 'failed', message: 'Slow down.', remedy: null, code: 'registry-rate-limited' },
    ]
    expect(await service.check('one', id)).toMatchObject({ ok: false, error: { kind: 'rate-limited' } })
    expect(await service.get('one', id)).toMatchObject({ status: 'Connected', statusReason: null })
  })

  it('names the addresses that a firewall must let in, where one may be the cause', async () => {
    const failing = (code: string) => [
      { id: 'network' as const, state: 'failed' as const, message: 'No.', remedy: 'Look.', code },
    ]
    const { service } = make()
    const remedyOf = async (code: string) => {
      platform.steps = failing(code)
      const { error, steps } = await service.checkSettings('one', {
        platform: 'fake',
        settings: input.settings,
      })
      expect(steps[0]?.remedy).toBe(error?.remedy)
      return error?.remedy
    }
    expect(await remedyOf('connection-timeout')).toMatch(/^Look\. .*192\.0\.2\.7/)
    expect(await remedyOf('host-not-found')).toBe('Look.')
  })

  it('refuses an edit of what someone else has changed', async () => {
    const { service } = make()
    const { id } = await service.create('one', input)
    await service.edit('one', id, { version: 1, name: 'Renamed' })
    await expect(service.edit('one', id, { version: 1, name: 'Lost' })).rejects.toMatchObject({
      code: 'connection-changed',
    })
    expect((await service.get('one', id)).name).toBe('Renamed')
  })

  it('says when a disabled connection is asked for work, and when its selection changes', async () => {
    const { service, connectors } = make()
    const { id } = await service.create('one', input)
    await service.edit('one', id, { version: 1, enabled: false })
    await expect(connectors.openConnector('one', id)).rejects.toMatchObject({ code: 'connection-disabled' })
    await service.edit('one', id, { version: 2, enabled: true })
    expect(ready).toHaveLength(2)
    const selection = { latestTags: 2, include: ['a/*'], exclude: [], platforms: ['linux/amd64'] }
    expect(await service.edit('one', id, { version: 3, selection })).toMatchObject({ selection })
    expect(ready).toHaveLength(3)
  })

  it('deletes the credentials at once and keeps what was found', async () => {
    const { service, connectors } = make()
    const { id } = await service.create('one', input)
    await db.execute(
      `insert into repository (org_id, host, path) values ('one', 'registry.test', 'acme/api')`,
    )
    await service.remove('one', id)
    expect(await rowsOf(db, 'select id from credential')).toEqual([])
    expect(await rowsOf(db, 'select path from repository')).toHaveLength(1)
    await expect(service.get('one', id)).rejects.toMatchObject({ code: 'connection-not-found' })
    await expect(service.remove('one', id)).rejects.toMatchObject({ code: 'connection-not-found' })
    await expect(connectors.openConnector('one', id)).rejects.toMatchObject({ code: 'connection-not-found' })
    expect((await service.create('one', input)).id).not.toBe(id)
  })

  it('is due when its interval has passed, once', async () => {
    const connections = make()
    const { id } = await connections.service.create('one', { ...input, scanIntervalHours: 2 })
    await connections.service.create('one', { ...input, name: 'By hand', scanIntervalHours: null })
    expect(await connections.takeDue(10)).toEqual([])
    clock.advance(2 * 3_600_000)
    expect(await connections.takeDue(10)).toEqual([{ id, orgId: 'one' }])
    expect(await connections.takeDue(10)).toEqual([])
    const next = (await connections.service.get('one', id)).nextRunAt
    expect(Date.parse(next ?? '')).toBe(clock.now() + 2 * 3_600_000)
  })

  it('counts for a whole page in one statement', async () => {
    const { service } = make()
    for (const name of ['a', 'b', 'c']) await service.create('one', { ...input, name })
    const first = await service.list('one', { limit: 2 })
    expect(first.items.map((each) => each.name)).toEqual(['a', 'b'])
    const second = await service.list('one', { limit: 2, cursor: first.nextCursor ?? undefined })
    expect(second.items.map((each) => each.name)).toEqual(['c'])
    expect([first.total, second.nextCursor]).toEqual(['3', null])
  })

  it('two organisations: neither sees, edits, checks, opens nor deletes the other’s', async () => {
    const { service, connectors } = make()
    const { id } = await service.create('one', input)
    const refused = { code: 'connection-not-found' }
    expect(await service.list('two', { limit: 10 })).toEqual({ items: [], nextCursor: null, total: '0' })
    await expect(service.get('two', id)).rejects.toMatchObject(refused)
    await expect(service.edit('two', id, { version: 1, name: 'x' })).rejects.toMatchObject(refused)
    await expect(service.check('two', id)).rejects.toMatchObject(refused)
    await expect(service.remove('two', id)).rejects.toMatchObject(refused)
    await expect(connectors.openConnector('two', id)).rejects.toMatchObject(refused)
    const probe = { platform: 'fake', settings: input.settings, connectionId: id }
    await expect(service.checkSettings('two', probe)).rejects.toMatchObject(refused)
    await expect(service.get('two', 'not-an-id')).rejects.toMatchObject(refused)
    expect((await service.create('two', input)).name).toBe('Main')
  })
})
