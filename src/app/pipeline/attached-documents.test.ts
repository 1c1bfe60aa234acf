import { expect, it } from 'vitest'
import { AppError } from '../../core/index.ts'
import type { AttachedDocumentKeeper } from '../../documents/index.ts'
import { type ImageSource, resolveImage } from '../../images/index.ts'
import { buildImage, memorySource } from '../../test-support/image-builder/index.ts'
import { keepAttached } from './attached-documents.ts'

const built = buildImage({ layers: [] })
const known = memorySource({ latest: built })

/** What is noted on the image when the registry fails so. */
async function noted(fail: () => AppError, late: AbortController): Promise<string[]> {
  const notes: string[] = []
  const keeper: AttachedDocumentKeeper = {
    imagesOf: async () => [{ id: 1, digest: built.manifest.digest }],
    knownTags: async (_org, _image, names) => new Set(names),
    attach: () => Promise.reject(new Error('nothing was read')),
    attachFailed: async (_org, _image, _manifest, note) => void notes.push(note),
  }
  const [image] = (await resolveImage(known, 'latest', 'all')).images
  if (image === undefined) throw new Error('one image')
  const source: ImageSource = { ...known, manifest: () => Promise.reject(fail()) }
  const scan = {
    id: '1',
    orgId: 'one',
    connectionId: '1',
    imageId: 1,
    host: 'registry.test',
    repository: 'acme/api',
    manifestDigest: built.manifest.digest,
    platform: 'linux/amd64',
    attempt: 1,
    engine: 'portolan',
    userPriority: true,
    worker: 'worker',
  }
  const scanned = { scan, source, image, inventoryId: 1 }
  await keepAttached(keeper, scanned, new AbortController().signal, late.signal)
  return notes
}

it('says why attached documents could not be read: also that the registry took too long', async () => {
  const late = new AbortController()
  const refused = new AppError({ code: 'permission-missing', kind: 'denied', publicMessage: 'Not allowed.' })
  expect(await noted(() => refused, late)).toEqual([
    'Documents attached to the image could not be read: Not allowed.',
  ])
  const cutOff = (): AppError => {
    late.abort()
    return new AppError({ code: 'cancelled', kind: 'cancelled', publicMessage: 'Cancelled.' })
  }
  expect(await noted(cutOff, late)).toEqual([
    'Documents attached to the image could not be read: The registry took more than 60 s.',
  ])
})
