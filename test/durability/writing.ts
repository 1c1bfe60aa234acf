import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Database, openDatabase } from '../../src/platform/db/index.ts'
import { ROWS_IN_TRANSACTION } from './writer.ts'

/** A writer process and what it has confirmed. */
export class Writing {
  readonly confirmed: number[] = []
  readonly #process: ChildProcess
  readonly #ended: Promise<unknown>
  readonly #first = Promise.withResolvers<void>()
  #errors = ''

  constructor(dataDir: string, first: number) {
    const script = join(import.meta.dirname, 'writer.ts')
    this.#process = spawn(process.execPath, [script, dataDir, String(first)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#ended = once(this.#process, 'close')
    const { stdout, stderr } = this.#process
    if (stdout === null || stderr === null) throw new Error('no pipes')
    createInterface(stdout).on('line', (line) => {
      if (line !== 'open') this.confirmed.push(Number(line))
      if (this.confirmed.length === 1) this.#first.resolve()
    })
    stderr.on('data', (chunk: Buffer) => {
      this.#errors += chunk.toString()
    })
    this.#process.on('close', () => this.#first.resolve())
  }

  /** Resolves when the first transaction is confirmed, or the process has ended. */
  get begun(): Promise<void> {
    return this.#first.promise
  }

  get errors(): string {
    return this.#errors
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#ended
  }

  async ended(): Promise<void> {
    await this.#ended
  }
}

export interface Found {
  readonly batches: ReadonlySet<number>
  /** Transactions of which only some rows are there. */
  readonly partial: readonly number[]
  /** Whether the index and the table have the same rows. */
  readonly indexAgrees: boolean
}

async function inspect(database: Database): Promise<Found> {
  const count = async (setting: string) => {
    const rows = await database.execute(
      `begin; set local ${setting} = off; select count(*)::int as n from written where batch >= 0; commit`,
    )
    return rows[0]?.['n']
  }
  const rows = await database.execute('select batch, count(*)::int as n from written group by batch')
  return {
    batches: new Set(rows.map(({ batch }) => Number(batch))),
    partial: rows.filter(({ n }) => n !== ROWS_IN_TRANSACTION).map(({ batch }) => Number(batch)),
    indexAgrees: (await count('enable_seqscan')) === (await count('enable_indexscan')),
  }
}

/** Opens the database as a restarted server would, and looks at what is there. */
export async function reopened(dataDir: string): Promise<Found> {
  const database = await openDatabase({ dataDir })
  try {
    await database.execute(
      'create table if not exists written (batch int, place int, body text, primary key (batch, place))',
    )
    return await inspect(database)
  } finally {
    await database.close()
  }
}
