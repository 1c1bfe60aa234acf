import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const types = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
}

interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  /** Bytes. */
  readonly size: number
}

export interface Layer extends Descriptor {
  readonly diffId: string
}

/** Writes an OCI image layout of many images. */
export class Layout {
  readonly folder: string
  readonly #manifests: (Descriptor & { readonly annotations: object })[] = []
  readonly #layers = new Map<string, Layer>()

  /** @param folder with an empty `blobs/sha256` */
  constructor(folder: string) {
    this.folder = folder
  }

  /** All that images have, each once. */
  get layers(): readonly Layer[] {
    return [...this.#layers.values()]
  }

  layer(tar: Buffer): Layer {
    const gzip = spawnSync('gzip', ['-6', '-n'], { input: tar, maxBuffer: 2 ** 31 })
    return { ...this.#add(types.layer, gzip.stdout), diffId: digestOf(tar) }
  }

  image(name: string, layers: readonly Layer[]): void {
    for (const layer of layers) this.#layers.set(layer.digest, layer)
    const rootfs = { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) }
    const config = this.#add(types.config, json({ architecture: 'amd64', os: 'linux', config: {}, rootfs }))
    const named = layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size }))
    const manifest = { schemaVersion: 2, mediaType: types.manifest, config, layers: named }
    const annotations = { 'org.opencontainers.image.ref.name': name }
    this.#manifests.push({ ...this.#add(types.manifest, json(manifest)), annotations })
  }

  finish(): void {
    writeFileSync(join(this.folder, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }))
    writeFileSync(join(this.folder, 'index.json'), json({ schemaVersion: 2, manifests: this.#manifests }))
  }

  #add(mediaType: string, bytes: Uint8Array): Descriptor {
    const digest = digestOf(bytes)
    writeFileSync(join(this.folder, 'blobs/sha256', digest.slice(7)), bytes)
    return { mediaType, digest, size: bytes.length }
  }
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}
