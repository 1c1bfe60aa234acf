import { afterEach, describe, expect, it } from 'vitest'
import { embeddedDataFolder } from '../../../test-support/databases/index.ts'
import type { Lane, Row } from '../engine.ts'
import { silentLog } from '../log.ts'
import { EmbeddedEngine } from './engine.ts'
import { Statements } from './statements.ts'

describe('statements that are often asked', () => {
  const opened: EmbeddedEngine[] = []
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((engine) => engine.close()))
  })

  async function open() {
    const dataDir = await embeddedDataFolder()
    const engine = await EmbeddedEngine.open({ dataDir, idleTransactionMs: 50 }, silentLog)
    opened.push(engine)
    await engine.script('page', 'create table t (id int primary key, word text not null)')
    const ask = async (sql: string, parameters: readonly unknown[] = [], lane: Lane = 'page') => {
      const session = await engine.session(lane)
      try {
        return (await session.execute(sql, parameters)).rows
      } finally {
        await session.release()
      }
    }
    const kept = async (): Promise<readonly Row[]> => {
      const [result] = await engine.script('page', 'select statement from pg_prepared_statements order by 1')
      return result?.rows ?? []
    }
    return { engine, ask, kept }
  }

  const add = 'insert into t values ($1, $2)'
  const words = 'select word from t where id = $1'

  it('are kept from the third time on, and answer each question with its own answer', async () => {
    const { ask, kept } = await open()
    await ask(add, [1, 'one'])
    await ask(add, [2, 'two'])
    expect(await kept()).toEqual([])
    for (const [id, word] of [
      [1, 'one'],
      [2, 'two'],
      [1, 'one'],
      [3, undefined],
      [2, 'two'],
    ] as const) {
      expect(await ask(words, [id])).toEqual(word === undefined ? [] : [{ word }])
    }
    expect(await kept()).toEqual([{ statement: words }])
  })

  it('are given up where they fail, and come again', async () => {
    const { engine, ask, kept } = await open()
    for (const id of [1, 2, 3, 4]) await ask(add, [id, 'word'])
    expect(await kept()).toEqual([{ statement: add }])
    await expect(ask(add, [4, 'word'])).rejects.toMatchObject({ code: '23505' })
    await ask(add, [5, 'word'])
    expect(await kept()).toEqual([])
    for (const id of [6, 7, 8]) await ask(add, [id, 'word'])
    expect(await kept()).toEqual([{ statement: add }])

    for (let time = 0; time < 4; time += 1) await ask('select * from t where id = $1', [1])
    await engine.script('page', 'alter table t add column more int')
    await expect(ask('select * from t where id = $1', [1])).rejects.toThrow()
    expect(await ask('select * from t where id = $1', [1])).toEqual([{ id: 1, word: 'word', more: null }])
  })

  it('are two hundred at most: those that were not used for longest go', async () => {
    const { ask, kept } = await open()
    const numbered = (number: number): string => `select ${number} as number`
    for (let number = 0; number < 203; number += 1) {
      for (let time = 0; time < 3; time += 1) await ask(numbered(number))
      await ask(numbered(0))
    }
    await ask('select 1')
    const statements = (await kept()).map((row) => row['statement'])
    expect(statements).toHaveLength(200)
    expect(statements).toContain(numbered(0))
    expect(statements).not.toContain(numbered(1))
    expect(statements).toContain(numbered(202))
    expect(await ask(numbered(1))).toEqual([{ number: 1 }])
  })

  it('are right though requests of other lanes overtake, fail, and are put out', async () => {
    const { engine, ask, kept } = await open()
    await ask(add, [0, 'nothing'])
    const numbered = (number: number): string => `select $1::int + ${number} as sum`
    const asked = Array.from({ length: 3_000 }, async (_, index) => {
      const number = (index * 7919) % 260
      const lane = index % 3 === 0 ? 'bulk' : 'page'
      if (index % 50 === 0) return expect(ask(add, [0, 'again'], lane)).rejects.toThrow()
      expect(await ask(numbered(number), [index], lane)).toEqual([{ sum: index + number }])
    })
    await Promise.all(asked)
    const sleeper = await engine.session('bulk')
    await sleeper.execute('begin', [])
    await ask('select 1')
    for (let time = 0; time < 4; time += 1)
      await expect(sleeper.execute(numbered(1), [time])).rejects.toMatchObject({
        code: 'transaction-expired',
      })
    for (let time = 0; time < 4; time += 1)
      expect(await ask(numbered(1), [time])).toEqual([{ sum: time + 1 }])
    expect((await kept()).length).toBeLessThanOrEqual(200)
  })

  it('are not given up while a request that names them is under way, for another may overtake it', () => {
    const statements = new Statements()
    const use = (number: number) => statements.encode(`select ${number}`, [])
    const ask = (number: number): string => {
      const { bytes, ended } = use(number)
      ended('done')
      return Buffer.from(bytes).toString('latin1')
    }
    const closes = (text: string): string | undefined => /Ss(\d+)\0/.exec(text)?.[1]
    const askOften = (number: number): (string | undefined)[] => [1, 2, 3].map(() => closes(ask(number)))
    for (let number = 1; number <= 200; number += 1) askOften(number)
    const slow = use(1)
    for (let number = 3; number <= 200; number += 1) ask(number)
    expect(askOften(201)).toEqual([undefined, undefined, '2'])
    expect(askOften(202)).toEqual([undefined, undefined, '3'])
    slow.ended('failed')
    expect(closes(ask(5)), 'failed, and nobody is under way with it').toBe('1')
  })
})
