import { expect, it } from 'vitest'
import type { ConnectorSource } from '../connections/index.ts'
import type { Database } from '../platform/db/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import { rowsOf } from '../test-support/domain/index.ts'
import { DiscoveryWorld } from '../test-support/discovery-world.ts'
import { type BuiltImage, buildImage } from '../test-support/image-builder/index.ts'
import { createDiscoveryWorker } from './index.ts'

const image = (content: string): BuiltImage => buildImage({ layers: [{ files: { name: content } }] })

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 500; turn += 1) {
    if (await isSo()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('waited in vain')
}

eachDatabase((_name, open) => {
  let opened: Promise<Database> | undefined
  const world = (): Promise<DiscoveryWorld> => {
    opened ??= open()
    return DiscoveryWorld.begin(opened)
  }

  it('goes on where a killed worker stopped', async () => {
    const killed = await world()
    const { db, clock, registry, connection, service } = killed
    for (let index = 0; index < 12; index += 1) registry.put(`acme/r${index}`, '1', image(`r${index}`))
    const connectors: ConnectorSource = { openConnector: async () => registry.connector() }
    await service.request('one', connection)
    const gone = new Promise<never>(() => undefined)
    const looked = new Set<string>()
    const reached = new Promise<void>((resolve) => {
      registry.before = (request) => {
        if (!request.startsWith('tags')) return undefined
        looked.add(request)
        if (looked.size <= 8) return undefined
        resolve()
        return gone
      }
    })
    void createDiscoveryWorker({ db, clock, connectors }).runNext('killed')
    await reached
    const listed = 'select repository_id from connection_repository where listed_by is not null'
    await until(async () => (await rowsOf(db, listed)).length === 8)
    registry.before = () => undefined
    registry.requests.length = 0
    clock.advance(120_000)
    const worker = createDiscoveryWorker({ db, clock, connectors })
    expect(await worker.runNext('other')).toBeUndefined()
    expect(await worker.expireLeases()).toBe(1)
    expect(await worker.runNext('other')).toMatchObject({ outcome: 'completed' })
    expect(await killed.tags()).toHaveLength(12)
    expect(registry.requests.filter((request) => request.startsWith('tags'))).toHaveLength(4)
    expect(registry.requests).not.toContain('catalog')
  })

  it('gives up a discovery whose workers all die, and begins anew when asked', async () => {
    const abandoned = await world()
    const { db, clock, registry, connection, service } = abandoned
    registry.put('acme/api', '1', image('one'))
    const reached: (() => void)[] = []
    registry.before = () => {
      reached.shift()?.()
      return new Promise<never>(() => undefined)
    }
    const told: string[] = []
    const connectors: ConnectorSource = { openConnector: async () => registry.connector() }
    const worker = createDiscoveryWorker({ db, clock, connectors, onChange: (_, id) => void told.push(id) })
    await service.request('one', connection)
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const asked = new Promise<void>((resolve) => reached.push(resolve))
      void worker.runNext('worker')
      await asked
      expect(await worker.expireLeases('everyone')).toBe(1)
    }
    expect(await worker.runNext('worker')).toBeUndefined()
    expect(told.at(-1)).toBe(connection)
    expect(
      await rowsOf(
        db,
        `select c.status, c.status_detail ->> 'code' as code, d.state, d.reason ->> 'code' as reason, d.finished_at is null as open
         from registry_connection c join discovery_run d on d.connection_id = c.id`,
      ),
    ).toEqual([
      {
        status: 'Error',
        code: 'discovery-abandoned',
        state: 'failed',
        reason: 'discovery-abandoned',
        open: false,
      },
    ])
    registry.before = () => undefined
    await abandoned.discover()
    expect(await abandoned.tags()).toEqual(['acme/api:1'])
  })

  it('does not lose a push during a discovery', async () => {
    const pushed = await world()
    const { db, clock, registry, connection, service } = pushed
    registry.put('acme/a', '1', image('a'))
    registry.put('acme/b', '1', image('b'))
    const worker = createDiscoveryWorker({
      db,
      clock,
      connectors: { openConnector: async () => registry.connector() },
      onRepositories: async () => {
        registry.put('acme/a', 'pushed', image('pushed'))
        await service.request('one', connection)
        await service.request('one', connection)
      },
    })
    await service.request('one', connection)
    await worker.runNext('worker')
    expect(await pushed.tags()).toHaveLength(2)
    clock.advance(1_000)
    await worker.runNext('worker')
    expect(await pushed.tags()).toHaveLength(3)
  })
})
