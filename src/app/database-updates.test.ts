import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { updateDatabase } from '../advisories/index.ts'
import { AppError, type Digest } from '../core/index.ts'
import type { ImageSource } from '../images/index.ts'
import { javaDatabase } from '../java-names/index.ts'
import { buildJavaDatabase } from '../test-support/java-database/index.ts'
import {
  type BuiltDatabase,
  buildVulnerabilityDatabase,
} from '../test-support/vulnerability-database/index.ts'
import { createDatabaseUpdates } from './database-updates.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

function built(updatedAt: number): BuiltDatabase {
  const times = { updatedAt: new Date(updatedAt).toISOString() }
  const nextUpdate = new Date(updatedAt + 6 * HOUR).toISOString()
  return buildVulnerabilityDatabase({ advisories: [] }, { ...times, nextUpdate })
}

function sourceOf(database: Pick<BuiltDatabase, 'artifact'>): ImageSource {
  const { manifest, blobs } = database.artifact
  return {
    name: 'registry.example/db',
    manifest: async () => manifest,
    blob: async ({ digest }) => Readable.from([blobs.get(digest)]),
  }
}

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'portolan-db-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

function setUp(everyHours = 6) {
  const state = {
    at: Date.UTC(2026, 0, 1, 12),
    served: built(Date.UTC(2026, 0, 1, 6)) as BuiltDatabase | AppError,
    looks: 0,
    current: [] as (Digest | null)[],
    said: 0,
  }
  const options = {
    dir,
    references: ['registry.example/db:2'],
    clock: { now: () => state.at },
    everyHours,
    log: { info: () => {}, warn: () => {} },
    source: async () => {
      state.looks += 1
      if (state.served instanceof AppError) throw state.served
      return sourceOf(state.served)
    },
    onChanged: async ({ digest }: { digest: Digest | null }) => void state.current.push(digest),
    onLooked: () => void (state.said += 1),
  }
  return { state, options, updates: createDatabaseUpdates(options) }
}

const down = new AppError({ code: 'host-unreachable', kind: 'temporary', publicMessage: 'No network.' })

describe('vulnerability data', () => {
  it('is fetched when there is none, and put to use once', async () => {
    const { state, updates } = setUp()
    expect(updates.status()).toMatchObject({ digest: null, stale: true, lastCheck: null })
    await updates.tick()
    await updates.tick()
    expect(state.looks).toBe(1)
    expect(state.current).toHaveLength(1)
    expect(updates.status()).toMatchObject({
      digest: state.current[0],
      updatedAt: '2026-01-01T06:00:00.000Z',
      stale: false,
      source: 'registry.example/db:2',
      lastCheck: { at: '2026-01-01T12:00:00.000Z', error: null },
      updating: false,
    })
  })

  it('is looked for again when its publisher said, and after the hours of the setting at the latest', async () => {
    const { state, updates } = setUp()
    await updates.tick()
    state.at += 59 * MINUTE
    await updates.tick()
    expect(state.looks).toBe(1)
    state.at += MINUTE
    state.served = built(state.at)
    await updates.tick()
    expect(state.looks).toBe(2)
    expect(state.current).toHaveLength(2)
    state.at += 6 * HOUR
    await updates.tick()
    expect(state.looks).toBe(3)
    expect(state.current).toHaveLength(2)
  })

  it('stays in use when a look fails, which is tried again ever more rarely', async () => {
    const { state, updates } = setUp()
    await updates.tick()
    state.served = down
    state.at += 7 * HOUR
    const failed = state.at
    await updates.tick()
    expect(updates.status()).toMatchObject({
      digest: state.current[0],
      lastCheck: { error: { code: 'database-unavailable', message: expect.stringContaining('No network.') } },
    })
    for (let minute = 1; minute <= 60; minute += 1) {
      state.at = failed + minute * MINUTE
      await updates.tick()
    }
    expect(state.looks).toBe(2 + 3)
    state.at += 3 * 24 * HOUR
    expect(updates.status()).toMatchObject({
      stale: true,
      message: expect.stringContaining('days ago'),
    })
  })

  it('that the command line has put there is noticed', async () => {
    const { state, options, updates } = setUp(0)
    await updates.tick()
    expect(state.looks).toBe(0)
    await updateDatabase(options)
    await updates.tick()
    expect(state.current).toHaveLength(1)
  })

  it('is looked for on demand, one look at a time', async () => {
    const { state, updates } = setUp(0)
    expect(updates.requestUpdate()).toBe(true)
    expect(updates.requestUpdate()).toBe(false)
    expect(updates.status()).toMatchObject({ updating: true })
    await expect.poll(() => state.said).toBe(2)
    expect(state.current).toHaveLength(1)
    await updates.stop()
    expect(updates.requestUpdate()).toBe(false)
  })

  it('is offered again when taking it into use failed', async () => {
    const { state, options } = setUp()
    let broken = true
    const updates = createDatabaseUpdates({
      ...options,
      onChanged: async (status) => {
        if (broken) throw new Error('the database is busy')
        await options.onChanged(status)
      },
    })
    await updates.tick()
    broken = false
    await updates.tick()
    expect(state.current).toHaveLength(1)
  })
})

describe('the Java database', () => {
  it('is kept new in the same way', async () => {
    const java = buildJavaDatabase([], {
      updatedAt: '2026-01-01T06:00:00Z',
      nextUpdate: '2026-01-04T06:00:00Z',
    })
    const { state, options } = setUp()
    const updates = createDatabaseUpdates({
      ...options,
      kind: javaDatabase,
      references: ['registry.example/java-db'],
      source: async (reference) => {
        expect(reference).toBe('registry.example/java-db:1')
        return sourceOf(java)
      },
    })
    expect(updates.status()).toMatchObject({ digest: null, message: 'no Java database yet' })
    await updates.tick()
    expect(state.current).toHaveLength(1)
    expect(updates.status()).toMatchObject({
      digest: state.current[0],
      source: 'registry.example/java-db:1',
      stale: false,
    })
  })

  it('is not looked for where no place is named', async () => {
    const { state, options } = setUp(0)
    const updates = createDatabaseUpdates({ ...options, kind: javaDatabase, references: [] })
    await updates.tick()
    expect(updates.requestUpdate()).toBe(false)
    expect([state.looks, state.said]).toEqual([0, 0])
  })
})
