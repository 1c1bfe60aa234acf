import { beforeAll, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../../core/index.ts'
import { eachDatabase } from '../../../test-support/databases/index.ts'
import { emptyDatabase, rowsOf } from '../../../test-support/domain/index.ts'
import type { Database } from '../../db/index.ts'
import { createTurns, type TurnOptions, type Turns } from './store.ts'

/** A turn that lasts until it is ended. */
async function begin(turns: Turns, name = 'work') {
  const { promise: end, resolve: finish } = Promise.withResolvers<void>()
  const { promise: begun, resolve: begin } = Promise.withResolvers<AbortSignal>()
  const taken = turns.take(name, (signal) => {
    begin(signal)
    return end
  })
  return { signal: await begun, taken, finish }
}

eachDatabase((name, open) => {
  let db: Database
  beforeAll(async () => {
    db = await open()
  })
  beforeEach(() => emptyDatabase(db))
  const server = (options: TurnOptions = {}) => createTurns(db, systemClock, options)
  const isFree = (turns: Turns, work = 'work') => turns.take(work, async () => {})

  it('in one process comes one after the other, whatever the first ended with', async () => {
    const turns = server()
    const order: string[] = []
    const first = turns.take('work', async () => {
      await rowsOf(db, 'select 1')
      order.push('first')
      throw new Error('it failed')
    })
    const second = turns.take('work', async () => void order.push('second'))
    await expect(first).rejects.toThrow('it failed')
    expect(await second).toBe(true)
    expect(order).toEqual(['first', 'second'])
  })

  it('does not run what was cancelled while it waited', async () => {
    const turns = server()
    const held = await begin(turns)
    const stop = new AbortController()
    const waiting = turns.take('work', () => Promise.reject(new Error('it ran')), stop.signal)
    stop.abort()
    held.finish()
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  })

  it.skipIf(name === 'embedded')('of several servers one has it, until it ends', async () => {
    const [one, two] = [server(), server()]
    const held = await begin(one)
    expect(await isFree(two)).toBe(false)
    expect(await isFree(two, 'other work')).toBe(true)
    held.finish()
    expect(await held.taken).toBe(true)
    expect(await isFree(two)).toBe(true)
    expect(await rowsOf(db, 'select name from work_turn')).toEqual([])
  })

  it.skipIf(name === 'embedded')(
    'is lost by a server that stood still, and its work is told so',
    async () => {
      const held = await begin(server({ leaseMs: 60 }))
      // As if it had not been renewed in time, and another server had come.
      await db.execute(`update work_turn set holder = 'another', until = now() + interval '1 hour'`)
      await expect.poll(() => held.signal.aborted).toBe(true)
      held.finish()
      await held.taken
      expect(await rowsOf(db, 'select holder from work_turn')).toEqual([{ holder: 'another' }])
    },
  )

  it.skipIf(name === 'embedded')('of a server that has died goes to another', async () => {
    await db.execute(`insert into work_turn values ('work', 'dead', now() - interval '1 second')`)
    expect(await isFree(server())).toBe(true)
  })
})
