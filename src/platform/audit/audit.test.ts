import { beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../core/index.ts'
import { eachDatabase } from '../../test-support/databases/index.ts'
import type { Database } from '../db/index.ts'
import { type AuditEntry, type AuditLog, createAuditLog } from './index.ts'

const entry = (action: string, detail: Record<string, unknown> = {}): AuditEntry => ({
  actor: { kind: 'user', id: 'u1', name: 'Ada' },
  action,
  target: { kind: 'connection', id: 'c1' },
  detail,
  address: '192.0.2.1',
})

eachDatabase((_name, open) => {
  let database: Database
  let log: AuditLog
  beforeAll(async () => {
    database = await open()
    log = createAuditLog(database, systemClock)
  })

  it('gives back what was appended, newest first, page by page, to its organisation alone', async () => {
    for (let n = 0; n < 5; n += 1)
      await log.append('list', entry(n % 2 ? 'thing.edited' : 'thing.made', { n }))
    await log.append('other', entry('thing.made'))
    const first = await log.list('list', { limit: 3 })
    const second = await log.list('list', { limit: 3, cursor: first.nextCursor ?? '' })
    expect([...first.items, ...second.items].map(({ detail }) => detail['n'])).toEqual([4, 3, 2, 1, 0])
    expect(second.nextCursor).toBeNull()
    expect(first.items[0]).toMatchObject({
      ...entry('thing.made', { n: 4 }),
      at: expect.stringMatching(/Z$/) as string,
    })
    const edited = await log.list('list', { limit: 10, action: 'thing.edited' })
    expect(edited.items.map(({ detail }) => detail['n'])).toEqual([3, 1])
    await expect(log.list('list', { limit: 1, cursor: 'bm9uc2Vuc2U' })).rejects.toMatchObject({
      code: 'cursor-invalid',
    })
  })

  it('stays whole when many append at once, with any text', async () => {
    const hostile = { zebra: [1.5, 1e21, null], alpha: { b: '\u0000', a: 'é\uD800' }, 'key\u0000': true }
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => log.append('many', entry('thing.made', { n, hostile }))),
    )
    expect(await log.verify('many')).toMatchObject({ checked: 20, brokenAt: null })
  })

  it.each([
    ['changed', `update audit_event set actor_name = 'Eve' where id = $1`],
    ['deleted', `delete from audit_event where id = $1`],
    ['moved in time', `update audit_event set at = at - interval '1 day' where id = $1`],
    ['re-detailed', `update audit_event set detail = '{"n": 7}' where id = $1`],
  ])('shows that an entry was %s', async (how, statement) => {
    const ids: string[] = []
    for (let n = 0; n < 4; n += 1) ids.push((await log.append(how, entry('thing.made', { n }))).id)
    expect(await log.verify(how)).toMatchObject({ checked: 4, brokenAt: null })
    await database.execute(statement, [ids[1]])
    const found = await log.verify(how)
    expect(found.brokenAt).toBe(how === 'deleted' ? ids[2] : ids[1])
    expect(found.checked).toBe(1)
  })

  it('knows an empty log', async () => {
    expect(await log.verify('nobody')).toEqual({ checked: 0, brokenAt: null, head: null })
    expect(await log.list('nobody', { limit: 5 })).toEqual({ items: [], nextCursor: null, total: null })
  })
})
