import { createHash, randomUUID } from 'node:crypto'
import { type Digest, digestFromHex } from '../../core/index.ts'

export interface StoredManifest {
  readonly bytes: Uint8Array
  readonly mediaType: string
}

interface Repository {
  readonly manifests: Map<string, StoredManifest>
  readonly tags: Map<string, string>
  readonly blobs: Set<string>
}

/** An image as it is put into the registry, without the push protocol. */
export interface PushedImage {
  readonly repository: string
  /** None for a manifest that only an index names. */
  readonly tags?: readonly string[]
  readonly manifest: StoredManifest
  readonly blobs?: ReadonlyMap<string, Uint8Array>
}

export interface Upload {
  readonly repository: string
  readonly parts: Uint8Array[]
}

export function sha256(bytes: Uint8Array): Digest {
  return digestFromHex(createHash('sha256').update(bytes).digest('hex'))
}

export class Storage {
  readonly blobs = new Map<string, Uint8Array>()
  readonly uploads = new Map<string, Upload>()
  private readonly repositories = new Map<string, Repository>()

  /** The digest of the manifest. */
  put(image: PushedImage): Digest {
    const repository = this.repository(image.repository)
    for (const [digest, bytes] of image.blobs ?? []) {
      this.blobs.set(digest, bytes)
      repository.blobs.add(digest)
    }
    const digest = sha256(image.manifest.bytes)
    repository.manifests.set(digest, image.manifest)
    for (const tag of image.tags ?? []) repository.tags.set(tag, digest)
    return digest
  }

  repository(name: string): Repository {
    const found = this.repositories.get(name) ?? { manifests: new Map(), tags: new Map(), blobs: new Set() }
    this.repositories.set(name, found)
    return found
  }

  find(name: string): Repository | undefined {
    return this.repositories.get(name)
  }

  manifest(name: string, reference: string): (StoredManifest & { readonly digest: string }) | undefined {
    const repository = this.repositories.get(name)
    const digest = repository?.tags.get(reference) ?? reference
    const manifest = repository?.manifests.get(digest)
    return manifest && { ...manifest, digest }
  }

  blob(name: string, digest: string): Uint8Array | undefined {
    return this.repositories.get(name)?.blobs.has(digest) ? this.blobs.get(digest) : undefined
  }

  names(): string[] {
    const filled = [...this.repositories].filter(([, { manifests }]) => manifests.size > 0)
    return filled.map(([name]) => name).sort()
  }

  startUpload(repository: string): string {
    const id = randomUUID()
    this.uploads.set(id, { repository, parts: [] })
    return id
  }

  /** Ends an upload; undefined when its bytes are not those of the digest. */
  finishUpload(id: string, digest: string): Digest | undefined {
    const upload = this.uploads.get(id)
    const bytes = Buffer.concat(upload?.parts ?? [])
    if (!upload || sha256(bytes) !== digest) return undefined
    this.uploads.delete(id)
    this.blobs.set(digest, bytes)
    this.repository(upload.repository).blobs.add(digest)
    return sha256(bytes)
  }

  deleteRepository(repository: string): void {
    this.repositories.delete(repository)
  }

  deleteTag(repository: string, tag: string): void {
    this.repositories.get(repository)?.tags.delete(tag)
  }
}
