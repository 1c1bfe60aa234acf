import type { Built } from '../../image-builder/index.ts'

export interface HarborTag {
  readonly id: number
  readonly name: string
  pushedAt: number
}

export interface HarborArtifact {
  readonly id: number
  readonly digest: string
  readonly mediaType: string
  readonly isIndex: boolean
  readonly size: number
  readonly pushedAt: number
  readonly tags: HarborTag[]
}

export interface HarborRepository {
  readonly id: number
  readonly projectId: number
  readonly name: string
  readonly createdAt: number
  updatedAt: number
  pullCount: number
  readonly artifacts: HarborArtifact[]
}

/** What a Harbor holds: ids grow, an artifact keeps its push date when a tag moves to it. */
export class HarborContent {
  readonly projects = new Map<string, number>()
  private readonly byName = new Map<string, HarborRepository>()
  private lastId = 100

  repositories(): HarborRepository[] {
    return [...this.byName.values()].sort((one, other) => one.id - other.id)
  }

  find(name: string): HarborRepository | undefined {
    return this.byName.get(name)
  }

  add(name: string, at: number): HarborRepository {
    const found = this.byName.get(name)
    if (found) return found
    const project = name.split('/')[0] ?? ''
    const projectId = this.projects.get(project) ?? ++this.lastId
    this.projects.set(project, projectId)
    const facts = { id: ++this.lastId, projectId, name, createdAt: at, updatedAt: at, pullCount: 0 }
    const made = { ...facts, artifacts: [] }
    this.byName.set(name, made)
    return made
  }

  remove(name: string): void {
    this.byName.delete(name)
  }

  push(name: string, tag: string, built: Built, at: number): void {
    const repository = this.add(name, at)
    if (built.kind === 'index') for (const image of built.images) this.artifact(repository, image, at)
    const artifact = this.artifact(repository, built, at)
    if (!artifact.tags.some((one) => one.name === tag)) {
      untag(repository, tag)
      artifact.tags.push({ id: ++this.lastId, name: tag, pushedAt: at })
    }
    touch(repository, at)
  }

  untag(name: string, tag: string): void {
    const repository = this.byName.get(name)
    if (!repository) return
    untag(repository, tag)
    touch(repository, repository.updatedAt)
  }

  private artifact(of: HarborRepository, built: Built, at: number): HarborArtifact {
    const { digest, mediaType, bytes } = built.manifest
    const found = of.artifacts.find((artifact) => artifact.digest === digest)
    if (found) return found
    const blobs = [...built.blobs.values()].reduce((sum, blob) => sum + blob.length, 0)
    const facts = { digest, mediaType, isIndex: built.kind === 'index', size: bytes.length + blobs }
    const made = { id: ++this.lastId, ...facts, pushedAt: at, tags: [] }
    of.artifacts.push(made)
    return made
  }
}

function untag(repository: HarborRepository, tag: string): void {
  for (const { tags } of repository.artifacts) {
    const index = tags.findIndex(({ name }) => name === tag)
    if (index >= 0) tags.splice(index, 1)
  }
}

/** The date of a change moves on, whatever the hour. */
function touch(repository: HarborRepository, at: number): void {
  repository.updatedAt = Math.max(repository.updatedAt + 1, at)
}
