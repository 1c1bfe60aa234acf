import { beforeAll, describe, expect, it } from 'vitest'
import { createDocumentTools } from '../../src/app/document-tools.ts'
import { imageContents } from '../../src/app/documents.ts'
import { ecosystems } from '../../src/app/ecosystems.ts'
import { digestOfBytes, systemClock } from '../../src/core/index.ts'
import { createDocumentService, type StoredImage } from '../../src/documents/index.ts'
import { createIndexer } from '../../src/indexing/index.ts'
import { createMemoryLayerStore, type Inventory, OPEN_ACCESS } from '../../src/inventory/index.ts'
import type { Database } from '../../src/platform/db/index.ts'
import type { ImageContents } from '../../src/sbom/index.ts'
import { eachDatabase } from '../../src/test-support/databases/index.ts'
import { emptyDatabase, holdImage, rowsOf } from '../../src/test-support/domain/index.ts'
import { memorySource } from '../../src/test-support/image-builder/index.ts'
import { images } from './images/index.ts'

async function inventoryOf(name: string): Promise<Inventory> {
  const image = images.get(name)
  if (image === undefined) throw new Error(`no image ${name}`)
  const layers = image.layers.map(({ digest, bytes, diffId }) => ({
    blob: { digest, size: bytes.length },
    diffId,
  }))
  const indexer = createIndexer({ plugins: ecosystems, store: createMemoryLayerStore() })
  return indexer.index({ source: memorySource({ image }), layers, access: OPEN_ACCESS })
}

/** All of them in one database, where images share what they have in common: none may show what another one brought. */
eachDatabase((_name, open) => {
  let db: Database
  const held = new Map<string, { readonly id: number; readonly inventory: Inventory }>()
  beforeAll(async () => {
    db = await open()
    await emptyDatabase(db)
    for (const name of images.keys()) {
      const inventory = await inventoryOf(name)
      const { imageId } = await holdImage(db, 'one', name, '1', inventory)
      held.set(name, { id: imageId, inventory })
    }
  }, 300_000)

  describe("the server's SBOM says what the image's own would say", () => {
    it.each([...images.keys()])('of %s', async (name) => {
      const image = held.get(name)
      if (image === undefined) throw new Error(`${name} is not held`)
      const tools = createDocumentTools(() => undefined)
      let said: ImageContents | undefined
      const contents = (stored: StoredImage): ImageContents => {
        said = tools.contents(stored)
        return said
      }
      const documents = createDocumentService({
        db,
        clock: systemClock,
        tools: { ...tools, contents },
        version: '1',
      })
      await documents.imageSbom('one', image.id, { format: 'cyclonedx' })
      const [row] = await rowsOf<{ digest: Uint8Array }>(db, 'select digest from image where id = $1', [
        image.id,
      ])
      const digest = digestOfBytes(row?.digest ?? new Uint8Array())
      expect(said).toEqual(
        imageContents({
          name: `registry.test/${name}:1`,
          remote: { registry: 'registry.test', repository: name, tag: '1' },
          digest,
          manifestDigest: digest,
          configDigest: null,
          labels: {},
          architecture: 'amd64',
          inventory: image.inventory,
        }),
      )
    })
  })
})
