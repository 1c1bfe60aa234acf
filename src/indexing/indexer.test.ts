import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { AppError, type Digest } from '../core/index.ts'
import { type ImageSource, LAYER_LIMITS, type LayerReference } from '../images/index.ts'
import {
  createMemoryLayerStore,
  type Inventory,
  type LayerAccess,
  type LayerStore,
  OPEN_ACCESS,
} from '../inventory/index.ts'
import { osdb, words } from '../test-support/fake-ecosystems/index.ts'
import {
  type BuiltImage,
  buildImage,
  type LayerListing,
  type MemorySource,
  memorySource,
} from '../test-support/image-builder/index.ts'
import { createIndexer } from './indexer.ts'
import type { IndexingPlugin, IndexProgress, IndexRequest } from './ports.ts'

const plugins = [osdb, words]

function layersOf(image: BuiltImage): LayerReference[] {
  return image.layers.map(({ digest, bytes, diffId }) => ({ blob: { digest, size: bytes.length }, diffId }))
}

interface Setup {
  readonly image: BuiltImage
  readonly source: MemorySource
  readonly store: LayerStore
  index(more?: Partial<IndexRequest>, chosen?: readonly IndexingPlugin[]): Promise<Inventory>
}

function setUp(layers: readonly LayerListing[], store = createMemoryLayerStore()): Setup {
  const image = buildImage({ layers })
  const source = memorySource({ image })
  return {
    image,
    source,
    store,
    index: (more, chosen = plugins) =>
      createIndexer({ plugins: chosen, store }).index({
        source,
        layers: layersOf(image),
        access: OPEN_ACCESS,
        ...more,
      }),
  }
}

/** `name version [path] layer space` of every package, sorted. */
function rows(inventory: Inventory): string[] {
  return inventory.sets
    .flatMap((set, index) =>
      set.entries.map(({ package: found, path }, entry) =>
        [
          found.name,
          found.version,
          path ?? '-',
          inventory.attribution[index]?.[entry],
          found.subject?.space ?? found.skipReason,
        ].join(' '),
      ),
    )
    .sort()
}

const codeOf = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof AppError ? error.code : error),
  )

const base: LayerListing = {
  files: {
    'etc/release': 'debian 12',
    'db/status': 'bash 5.2 1\nzlib 1.3 2',
    'app/a.words': 'left 1\nright 2',
  },
}

describe('an image', () => {
  it('becomes an inventory: OS set, language sets by layer, attribution', async () => {
    const { image, index } = setUp([base, { files: { 'app/b.words': 'up 3' } }])
    const inventory = await index()
    expect(inventory.os).toEqual({ family: 'debian', release: '12', extended: false })
    expect(inventory.sets.map(({ kind, entries }) => [kind, entries.length])).toEqual([
      ['os', 2],
      ['language', 2],
      ['language', 1],
    ])
    expect(inventory.layers).toEqual(image.layers.map(({ digest, diffId }) => ({ digest, diffId })))
    expect(rows(inventory)).toEqual([
      'bash 5.2-1 - 0 debian 12',
      'left 1 app/a.words 0 words::',
      'right 2 app/a.words 0 words::',
      'up 3 app/b.words 1 words::',
      'zlib 1.3-2 - 0 debian 12',
    ])
    expect(inventory.notes).toEqual([])
  })

  it('shares the sets of layers that it shares', async () => {
    const one = await setUp([base, { files: { 'app/b.words': 'up 3' } }]).index()
    const two = await setUp([base, { files: { 'app/c.words': 'down 3' } }]).index()
    expect(two.sets.slice(0, 2).map(({ hash }) => hash)).toEqual(one.sets.slice(0, 2).map(({ hash }) => hash))
    expect(two.sets[2]?.hash).not.toBe(one.sets[2]?.hash)
  })

  it('has no OS packages that are matched when no distribution knows it', async () => {
    const { index } = setUp([{ files: { 'db/status': 'bash 5 1', 'etc/release': 'plan9 4' } }])
    expect(rows(await index())).toEqual(['bash 5-1 - 0 unsupported-os'])
  })

  it('loses nothing but the file that is bad', async () => {
    const { index } = setUp([
      { files: { ...base.files, 'x/bad\u001b[31m.words': 'broken', 'y.words': 'unnameable 1\nfine 1' } },
      { files: { 'big.words': 'x'.repeat(10_001) } },
    ])
    const inventory = await index()
    expect(rows(inventory)).toContain('fine 1 y.words 0 words::')
    expect(inventory.notes).toEqual([
      'could not read x/bad\\u001b[31m.words: a broken\\u001b[2J line',
      'could not read big.words: it is larger than 10000 bytes',
      'left out unnameable of y.words: no purl',
    ])
  })

  it('reports files of OS packages with these packages, within the layer only', async () => {
    const { index } = setUp([
      { files: { 'a.words': 'mine 1', 'b.words': 'free 1', owned: '/a.words\nc.words\n/\n' } },
      { files: { 'c.words': 'other 1' } },
    ])
    expect(rows(await index())).toEqual(['free 1 b.words 0 words::', 'other 1 c.words 1 words::'])
  })

  it('may have a layer twice, and layers without packages', async () => {
    const layer = { files: { 'a.words': 'one 1' } }
    const { image, source, index } = setUp([layer, { files: { other: '' } }, layer])
    const inventory = await index()
    expect(rows(inventory)).toEqual(['one 1 a.words 0 words::'])
    expect(inventory.layers).toHaveLength(3)
    expect(source.opened).toEqual([image.layers[0]?.digest, image.layers[1]?.digest])
  })

  it('has the last of two entries with one path', async () => {
    const entries = ['first 1', 'second 2'].map((content) => ({ path: 'a.words', content }))
    expect(rows(await setUp([{ entries }]).index())).toEqual(['second 2 a.words 0 words::'])
  })
})

describe('a layer is read', () => {
  it('once, whatever images share it', async () => {
    const store = createMemoryLayerStore()
    const first = setUp([base], store)
    const before = await first.index()
    const second = setUp([base, { files: { 'b.words': 'up 1' } }], store)
    const after = await second.index()
    expect(second.source.opened).toEqual([second.image.layers[1]?.digest])
    expect(after.sets[0]).toEqual(before.sets[0])
    expect(await second.index()).toEqual(after)
    expect(second.source.opened).toHaveLength(1)
  })

  it('the larger the earlier, so that none is left alone at the end', async () => {
    const sized = (name: string, kilobytes: number): LayerListing => ({
      files: { [name]: Buffer.alloc(kilobytes * 1024) },
    })
    const { image, source, index } = setUp([sized('a', 20), sized('b', 400), sized('c', 90)])
    await index()
    expect(source.opened).toEqual([1, 2, 0].map((layer) => image.layers[layer]?.digest))
  })

  it('anew when asked, and then gives the same', async () => {
    const { source, index } = setUp([base])
    const inventory = await index()
    expect(await index({ fresh: true })).toEqual(inventory)
    expect(source.opened).toHaveLength(2)
  })

  it('again for an analyzer of another version', async () => {
    const { source, index } = setUp([base])
    await index()
    const raised = { ...osdb, analyzers: osdb.analyzers.map((analyzer) => ({ ...analyzer, version: 2 })) }
    await index({}, [raised, words])
    expect(source.opened).toHaveLength(2)
    const keys = [plugins, [raised, words], [words, osdb]].map(
      (chosen) => createIndexer({ plugins: chosen, store: createMemoryLayerStore() }).key,
    )
    expect(keys[1]).not.toBe(keys[0])
    expect(keys[2]).toBe(keys[0])
  })

  it('by a new analyzer only where it may find something', async () => {
    const { image, source, index } = setUp([base, { files: { 'bin/tool': '\x7fELF', 'etc/x.conf': '' } }])
    await index({}, [osdb])
    const inventory = await index()
    expect(source.opened.slice(2)).toEqual([image.layers[0]?.digest])
    expect(rows(inventory)).toContain('left 1 app/a.words 0 words::')
  })

  it('once by requests of one trust domain at the same time, twice by those of two', async () => {
    const { source, store, image } = setUp([base])
    const indexer = createIndexer({ plugins, store })
    const request = { source, layers: layersOf(image) }
    const ours: LayerAccess = { reusable: async () => new Set(), pulled: async () => undefined }
    const theirs: LayerAccess = { ...ours }
    await Promise.all([
      indexer.index({ ...request, access: ours }),
      indexer.index({ ...request, access: ours }),
      indexer.index({ ...request, access: theirs }),
    ])
    expect(source.opened).toHaveLength(2)
  })

  it('by each organisation once before it may reuse it', async () => {
    const { source, index } = setUp([base])
    await index()
    const pulled = new Set<Digest>()
    const access: LayerAccess = {
      reusable: async (blobs) => new Set(blobs.filter((blob) => pulled.has(blob))),
      pulled: async (blob) => void pulled.add(blob),
    }
    await index({ access })
    expect(source.opened).toHaveLength(2)
    await index({ access })
    expect(source.opened).toHaveLength(2)
  })
})

describe('an image is refused', () => {
  it('whose config lies about a layer, read or known', async () => {
    const { image, store, index } = setUp([base, { files: { 'b.words': 'up 1' } }])
    const [first, second] = layersOf(image)
    if (first === undefined || second === undefined) throw new Error('two layers')
    const layers = [
      { ...first, diffId: second.diffId },
      { ...second, diffId: first.diffId },
    ]
    expect(await codeOf(index({ layers }))).toBe('config-diff-id-mismatch')
    expect(await codeOf(index({ layers }))).toBe('config-diff-id-mismatch')
    expect(await store.diffIdOf(first.blob.digest)).toBe(first.diffId)
    expect(rows(await index())).toHaveLength(5)
  })

  it('whose layer is not what its digest says; nothing of it is kept', async () => {
    const { image, store } = setUp([base])
    const forged = buildImage({ layers: [{ files: { 'a.words': 'forged 1' } }] })
    const [layer] = image.layers
    const [other] = forged.layers
    if (layer === undefined || other === undefined) throw new Error('one layer each')
    const source = memorySource({ image }, new Map([[layer.digest, other.bytes]]))
    const layers = [{ blob: { digest: layer.digest, size: other.bytes.length }, diffId: layer.diffId }]
    const indexer = createIndexer({ plugins, store })
    expect(await codeOf(indexer.index({ source, layers, access: OPEN_ACCESS }))).toBe('layer-digest-mismatch')
    expect(await store.diffIdOf(layer.digest)).toBeUndefined()
    expect((await store.get(other.diffId, [{ id: 'words', version: 1 }])).size).toBe(0)
  })

  it('whose layer is missing; the other layers end with it', async () => {
    const { image, index } = setUp([base])
    const missing = buildImage({ layers: [{ files: { x: 'y' } }] })
    const layers = [...layersOf(image), ...layersOf(missing)]
    expect(await codeOf(index({ layers }))).toBe('blob-not-found')
    const foreign = layers.map((layer, position) => (position === 1 ? { ...layer, foreign: true } : layer))
    const inventory = await index({ layers: foreign })
    expect(rows(inventory)).toHaveLength(4)
    expect(inventory.notes).toEqual([expect.stringContaining('kept outside the registry')])
  })

  it('when it is cancelled; whoever waits for the same layer reads it himself', async () => {
    const { source, store, image } = setUp([base])
    const indexer = createIndexer({ plugins, store, concurrency: 1 })
    const controller = new AbortController()
    const opened = Promise.withResolvers<void>()
    const silent: ImageSource = {
      ...source,
      blob: async () => {
        opened.resolve()
        return new Readable({ read() {} })
      },
    }
    const request = { layers: layersOf(image), access: OPEN_ACCESS }
    const cancelled = indexer.index({ ...request, source: silent, signal: controller.signal })
    await opened.promise
    const waiting = indexer.index({ ...request, source })
    const elsewhere = indexer.index({ ...request, source, access: { ...OPEN_ACCESS } })
    await setImmediate()
    expect(source.opened).toEqual([])
    controller.abort()
    await expect(cancelled).rejects.toThrow(/abort/i)
    expect(rows(await waiting)).toHaveLength(4)
    expect(rows(await elsewhere)).toHaveLength(4)
  })

  it('past its limits', async () => {
    const { source, store, image } = setUp([base])
    const strict = createIndexer({ plugins, store, limits: { maxEntries: 2 } })
    const request = { source, layers: layersOf(image), access: OPEN_ACCESS }
    expect(LAYER_LIMITS.maxEntries).toBeGreaterThan(1_000_000)
    expect(await codeOf(strict.index(request))).toBe('layer-tar-invalid')
  })
})

it('progress counts layers and bytes, up to all of them', async () => {
  const { image, index } = setUp([base, { files: { 'b.words': 'up 1' } }])
  const seen: IndexProgress[] = []
  await index({ onProgress: (progress) => void seen.push(progress) })
  const bytes = image.layers.reduce((sum, layer) => sum + layer.bytes.length, 0)
  expect(seen[0]).toEqual({ layersDone: 0, layersTotal: 2, bytesDone: 0, bytesTotal: bytes })
  expect(seen.at(-1)).toEqual({ layersDone: 2, layersTotal: 2, bytesDone: bytes, bytesTotal: bytes })
})
