import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { AppError, type Digest, digestHex } from '../../core/index.ts'
import type { ImageSource, RawManifest } from '../../images/index.ts'
import type { BuiltImage, BuiltIndex } from './build-image.ts'
import { type TarEntry, writeTar } from './tar-writer.ts'

export type Built = BuiltImage | BuiltIndex

/** Every manifest of an image or index, its own first. */
export function manifestsOf(built: Built): RawManifest[] {
  return built.kind === 'image'
    ? [built.manifest]
    : [built.manifest, ...built.images.map((image) => image.manifest)]
}

/** Writes an OCI image layout (image-spec, image-layout.md) whose index names each image by its tag. */
export async function writeOciLayout(folder: string, tagged: Readonly<Record<string, Built>>): Promise<void> {
  const blobFolder = join(folder, 'blobs', 'sha256')
  await mkdir(blobFolder, { recursive: true })
  for (const built of Object.values(tagged)) {
    for (const manifest of manifestsOf(built)) {
      await writeFile(join(blobFolder, digestHex(manifest.digest)), manifest.bytes)
    }
    for (const [digest, bytes] of built.blobs) await writeFile(join(blobFolder, digestHex(digest)), bytes)
  }
  const manifests = Object.entries(tagged).map(([tag, { manifest }]) => ({
    mediaType: manifest.mediaType,
    digest: manifest.digest,
    size: manifest.bytes.length,
    annotations: { 'org.opencontainers.image.ref.name': tag },
  }))
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  await writeFile(
    join(folder, 'index.json'),
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests,
    }),
  )
}

/** What `docker save` writes (before version 25): a tar of `manifest.json`, the config and unpacked layers. */
export function dockerArchive(image: BuiltImage, tags: readonly string[] = ['test:latest']): Uint8Array {
  const configName = `${digestHex(image.config.digest)}.json`
  const layerNames = image.layers.map((layer) => `${digestHex(layer.diffId)}/layer.tar`)
  const entries: TarEntry[] = image.layers.map((layer, index) => ({
    path: layerNames[index] ?? '',
    content: layer.tar,
  }))
  entries.push({ path: configName, content: image.config.bytes })
  entries.push({
    path: 'manifest.json',
    content: JSON.stringify([{ Config: configName, RepoTags: tags, Layers: layerNames }]),
  })
  return writeTar(entries)
}

/** Serves built images from memory, by tag and by digest. Counts what is asked for. */
export interface MemorySource extends ImageSource {
  /** Digests of blobs in the order in which they were opened. */
  readonly opened: readonly Digest[]
}

/** @param tagged images by tag; `replaced` serves other bytes under a digest, as a broken registry would */
export function memorySource(
  tagged: Readonly<Record<string, Built>>,
  replaced: ReadonlyMap<Digest, Uint8Array> = new Map(),
): MemorySource {
  const opened: Digest[] = []
  const manifests = new Map<string, RawManifest>()
  const blobs = new Map<Digest, Uint8Array>()
  for (const [tag, built] of Object.entries(tagged)) {
    manifests.set(tag, built.manifest)
    for (const manifest of manifestsOf(built)) manifests.set(manifest.digest, manifest)
    for (const [digest, bytes] of built.blobs) blobs.set(digest, bytes)
  }
  return {
    name: 'memory',
    opened,
    manifest: async (reference) => manifests.get(reference) ?? missing('manifest-not-found', reference),
    blob: async ({ digest }) => {
      opened.push(digest)
      const bytes = replaced.get(digest) ?? blobs.get(digest) ?? missing('blob-not-found', digest)
      return Readable.from(chunksOf(bytes), { objectMode: false })
    },
  }
}

function missing(code: string, reference: string): never {
  throw new AppError({ code, kind: 'not-found', publicMessage: `There is no ${reference} here.` })
}

function* chunksOf(bytes: Uint8Array, size = 65_536): Generator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size)
}
