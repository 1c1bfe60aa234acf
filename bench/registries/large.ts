import { createHash } from 'node:crypto'
import { digestFromHex, systemClock } from '../../src/core/index.ts'
import { createDiscoveryService, createDiscoveryWorker } from '../../src/discovery/index.ts'
import type { Database } from '../../src/platform/db/index.ts'
import type { RegistryConnector, TagPage } from '../../src/registries/index.ts'
import { addConnection, emptyDatabase, FakeRegistry, rowsOf } from '../../src/test-support/domain/index.ts'
import { buildImage } from '../../src/test-support/image-builder/index.ts'

const PAGE = 1_000

/** One repository of many tags, each an image of its own: what the first and the second discovery take of memory and time. */
export async function benchLargeRepository(db: Database, tags: number): Promise<void> {
  await emptyDatabase(db)
  const connection = await addConnection(db, 'one')
  const connector = largeRegistry(tags)
  const clock = systemClock
  const connectors = { openConnector: async () => connector }
  const worker = createDiscoveryWorker({ db, clock, connectors })
  for (const [name, complete] of [
    ['first', true],
    ['nothing new', false],
    ['complete', true],
  ] as const) {
    const most = { heap: 0, whole: 0 }
    const watch = setInterval(() => {
      const { heapUsed, rss } = process.memoryUsage()
      most.heap = Math.max(most.heap, heapUsed)
      most.whole = Math.max(most.whole, rss)
    }, 100)
    const began = performance.now()
    await createDiscoveryService({ db, clock }).request('one', connection, { complete })
    const end = await worker.runNext('worker')
    clearInterval(watch)
    if (end?.outcome !== 'completed') throw end?.error ?? new Error('the discovery did not end')
    const seconds = ((performance.now() - began) / 1_000).toFixed(0)
    const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(0)
    process.stdout.write(
      `${name.padEnd(14)} ${seconds} s, at most: heap ${mib(most.heap)} MiB, whole process ${mib(most.whole)} MiB\n`,
    )
  }
  const [row] = await rowsOf<{ tags: number; selected: number }>(
    db,
    'select (select count(*)::int from tag) as tags, (select count(*)::int from image where selected) as selected',
  )
  process.stdout.write(`${row?.tags} tags recorded, ${row?.selected} images selected\n`)
}

/** A registry that makes its tags up as they are asked for, so that its own memory does not count. */
function largeRegistry(tags: number): RegistryConnector {
  const image = buildImage({ layers: [{ files: { name: 'large' } }] })
  const small = new FakeRegistry()
  small.put('acme/large', 'newest', image, Date.UTC(2025, 0, 1))
  const real = small.connector()
  const tag = (number: number) => ({
    name: number === tags - 1 ? 'newest' : `v${number}`,
    digest:
      number === tags - 1
        ? image.manifest.digest
        : digestFromHex(createHash('sha256').update(String(number)).digest('hex')),
    pushedAt: Date.UTC(2025, 0, 1) - (tags - 1 - number) * 1_000,
    mediaType: null,
    size: null,
  })
  async function* listed(): AsyncGenerator<TagPage> {
    for (let start = 0; start < tags; start += PAGE) {
      const end = Math.min(tags, start + PAGE)
      const page = Array.from({ length: end - start }, (_, index) => tag(start + index))
      yield { tags: page, nextCursor: end < tags ? String(end) : null }
    }
  }
  return {
    ...real,
    tags: () => listed(),
    // All but the newest are taken for images like it.
    source: (repository) => ({ ...real.source(repository), manifest: async () => image.manifest }),
  }
}
