import type { Built } from '../../image-builder/index.ts'

/** An image by its digest. Times in milliseconds since the epoch. */
export interface StoredImage {
  readonly image: string
  readonly digest: string
  readonly mediaType: string
  readonly size: number
  readonly uploadTime: number
  updateTime: number
  readonly tags: Set<string>
  readonly children: readonly { readonly digest: string; readonly mediaType: string }[]
}

/** A repository of Artifact Registry. */
export class StoredRepository {
  readonly location: string
  readonly id: string
  readonly format: string
  readonly mode: string
  readonly #images = new Map<string, StoredImage[]>()

  constructor(location: string, id: string, format = 'DOCKER', mode = 'STANDARD_REPOSITORY') {
    this.location = location
    this.id = id
    this.format = format
    this.mode = mode
  }

  /** Of all names. */
  get images(): readonly StoredImage[] {
    return [...this.#images.values()].flat()
  }

  imagesOf(name: string): readonly StoredImage[] {
    return this.#images.get(name) ?? []
  }

  push(image: string, tag: string, built: Built, at: number): void {
    if (built.kind === 'index') for (const child of built.images) this.#put(image, child, at)
    const stored = this.#put(image, built, at)
    this.untag(image, tag, at)
    stored.tags.add(tag)
    stored.updateTime = Math.max(stored.updateTime, at)
  }

  untag(image: string, tag: string, at?: number): void {
    for (const stored of this.imagesOf(image)) {
      if (!stored.tags.delete(tag)) continue
      stored.updateTime = Math.max(stored.updateTime, at ?? stored.updateTime)
    }
  }

  remove(image: string): void {
    this.#images.delete(image)
  }

  #put(image: string, built: Built, at: number): StoredImage {
    const digest = built.manifest.digest
    const own = this.#images.get(image) ?? []
    this.#images.set(image, own)
    const known = own.find((stored) => stored.digest === digest)
    if (known) return known
    const stored: StoredImage = {
      image,
      digest,
      mediaType: built.manifest.mediaType,
      size: [...built.blobs.values()].reduce((sum, bytes) => sum + bytes.length, 0),
      uploadTime: at,
      updateTime: at,
      tags: new Set(),
      children:
        built.kind === 'index'
          ? built.images.map(({ manifest: { digest: child, mediaType } }) => ({ digest: child, mediaType }))
          : [],
    }
    own.push(stored)
    return stored
  }
}

/** The repositories of a project, by location and id. */
export class StoredProject {
  readonly name: string
  readonly #repositories = new Map<string, StoredRepository>()

  constructor(name: string) {
    this.name = name
  }

  /** Made when it is not there. */
  repository(location: string, id: string): StoredRepository {
    const found = this.find(location, id) ?? this.add(new StoredRepository(location, id))
    return found
  }

  add(repository: StoredRepository): StoredRepository {
    this.#repositories.set(`${repository.location}/${repository.id}`, repository)
    return repository
  }

  find(location: string, id: string): StoredRepository | undefined {
    return this.#repositories.get(`${location}/${id}`)
  }

  at(location: string): StoredRepository[] {
    return [...this.#repositories.values()].filter((one) => one.location === location)
  }
}
