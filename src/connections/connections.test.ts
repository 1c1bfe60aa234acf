import { randomBytes } from 'node:crypto'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { Secret } from '../core/index.ts'
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
import { type ConnectionInput, createConnections } from './index.ts'

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
  const make = () =>
    createConnections({
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
