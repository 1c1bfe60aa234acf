import { createHash } from 'node:crypto'
import { AppError, type Digest, digestFromHex, isDigest, safeText } from '../../core/index.ts'
import { parseConfig } from '../config.ts'
import { sha256 } from '../digests.ts'
import { imageError } from '../errors.ts'
import { compressionOf, MAGIC_LENGTH } from '../layers/decoder.ts'
import { cleanPath } from '../layers/path.ts'
import type { BlobDescriptor, RawManifest } from '../ports.ts'
import { type ArchiveDocument, archiveSchema, parseJson, parseShape } from '../schema.ts'
import { filesSource } from './files-source.ts'
import { type ImageFiles, readFirst, readSmall } from './image-files.ts'
import type { LocalImage } from './local-image.ts'

type ArchivedImage = ArchiveDocument[number]

const MAX_JSON = 16 * 1024 * 1024
const MANIFEST_TYPE = 'application/vnd.docker.distribution.manifest.v2+json'

/**
 * What `docker save` writes: `manifest.json` names a config and layers. It has no manifest of its own, so one is made of it; layers
 * are mostly plain tars, whose digest is their diff ID: the config's word for it is verified when the layer is read.
 *
 * @returns undefined when the files are no such archive
 */
export async function dockerArchive(
  files: ImageFiles,
  wanted: string | undefined,
): Promise<LocalImage | undefined> {
  const bytes = await readSmall(files, 'manifest.json', MAX_JSON)
  if (bytes === undefined) return undefined
  const reading = { code: 'archive-invalid', what: `manifest.json of ${files.name}` }
  const images = parseShape(archiveSchema, parseJson(bytes, reading), reading)
  const { raw, blobs } = await manifestOf(files, chosen(images, wanted, files))
  return {
    source: filesSource(files, { manifests: new Map([[raw.digest, raw]]), blobs }),
    reference: raw.digest,
    names: images.flatMap((image) => image.RepoTags ?? []),
  }
}

function chosen(
  images: readonly ArchivedImage[],
  wanted: string | undefined,
  files: ImageFiles,
): ArchivedImage {
  const found =
    wanted === undefined ? images[0] : images.find((image) => (image.RepoTags ?? []).includes(wanted))
  if (found !== undefined) return found
  const names = images.flatMap((image) => image.RepoTags ?? []).slice(0, 10)
  throw new AppError({
    code: 'manifest-not-found',
    kind: 'not-found',
    publicMessage: `${files.name} has no image named ${wanted}; it has: ${safeText(names.join(', '))}.`,
    remedy: 'Choose one of these.',
  })
}

async function manifestOf(
  files: ImageFiles,
  image: ArchivedImage,
): Promise<{ raw: RawManifest; blobs: Map<Digest, string> }> {
  const configName = cleanPath(image.Config)
  const configBytes = await readSmall(files, configName, MAX_JSON)
  if (configBytes === undefined) throw missing(files, configName)
  const config = { digest: sha256(configBytes), size: configBytes.length }
  const { diffIds } = parseConfig(configBytes, config.digest)
  const blobs = new Map<Digest, string>([[config.digest, configName]])
  const layers: BlobDescriptor[] = []
  for (const [index, layerName] of image.Layers.entries()) {
    const name = cleanPath(layerName)
    const layer = await layerOf(files, name, diffIds[index])
    blobs.set(layer.digest, name)
    layers.push(layer)
  }
  const document = {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: typed('container.image.v1+json', config),
  }
  const bytes = new TextEncoder().encode(
    JSON.stringify({ ...document, layers: layers.map((layer) => typed('image.rootfs.diff.tar', layer)) }),
  )
  return { raw: { bytes, digest: sha256(bytes), mediaType: MANIFEST_TYPE }, blobs }
}

function typed(type: string, blob: BlobDescriptor): BlobDescriptor & { mediaType: string } {
  return { mediaType: `application/vnd.docker.${type}`, ...blob }
}

async function layerOf(files: ImageFiles, name: string, diffId: Digest | undefined): Promise<BlobDescriptor> {
  const size = await files.size(name)
  if (size === undefined) throw missing(files, name)
  const named = `sha256:${/^blobs\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1] ?? ''}`
  if (isDigest(named)) return { digest: named, size }
  const compression = compressionOf(await readFirst(files, name, MAGIC_LENGTH))
  if (compression === 'none' && diffId !== undefined) return { digest: diffId, size }
  const hash = createHash('sha256')
  for await (const chunk of (await files.open(name)) as AsyncIterable<Buffer>) hash.update(chunk)
  return { digest: digestFromHex(hash.digest('hex')), size }
}

function missing(files: ImageFiles, name: string): AppError {
  return imageError({
    code: 'archive-invalid',
    about: `${files.name} does not have ${safeText(name)}, which its manifest.json names.`,
    remedy: 'file',
  })
}
