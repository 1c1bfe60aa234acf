import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DEFAULT_PLATFORM, type Digest } from '../../core/index.ts'
import { buildImage, memorySource } from '../../test-support/image-builder/index.ts'
import type { ImageSource } from '../ports.ts'
import { type PlatformImage, resolveImage } from '../resolve.ts'
import { openLocalImage } from './open-local-image.ts'
import { saveOciLayout } from './save-oci-layout.ts'

const built = buildImage({ layers: [{ files: { a: 'one' } }, { files: { b: 'two' }, compression: 'zstd' }] })

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'save-layout-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function imageOf(source: ImageSource): Promise<PlatformImage> {
  const [image] = (await resolveImage(source, 'latest', DEFAULT_PLATFORM)).images
  if (image === undefined) throw new Error('no image')
  return image
}

it('an image that was saved is the same image', async () => {
  const source = memorySource({ latest: built })
  await saveOciLayout(source, await imageOf(source), folder)
  const saved = await openLocalImage(folder)
  expect(saved.reference).toBe(built.manifest.digest)
  const image = await imageOf({ ...saved.source, manifest: () => saved.source.manifest(saved.reference) })
  expect(image.layers).toEqual((await imageOf(source)).layers)
  await saved.source.close?.()
})

it('a blob that is not what its digest says is refused', async () => {
  const layer = built.layers[1]
  const replaced = new Map<Digest, Uint8Array>([
    [layer?.digest ?? built.manifest.digest, new Uint8Array(layer?.bytes.length ?? 0)],
  ])
  const source = memorySource({ latest: built }, replaced)
  const saving = imageOf(source).then((image) => saveOciLayout(source, image, folder))
  await expect(saving).rejects.toMatchObject({ code: 'blob-digest-mismatch' })
})
