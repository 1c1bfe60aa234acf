import { type Built } from '../../image-builder/index.ts'

export interface PackageVersion {
  readonly id: number
  readonly digest: string
  readonly createdAt: number
  updatedAt: number
  readonly tags: string[]
}

export interface ContainerPackage {
  readonly id: number
  readonly name: string
  readonly visibility: 'public' | 'private'
  readonly createdAt: number
  updatedAt: number
  /** The newest first. */
  readonly versions: PackageVersion[]
}

/** The container packages of one owner: every manifest that was pushed is a version, tagged or not. */
export class Packages {
  private readonly byName = new Map<string, ContainerPackage>()
  private lastId = 1000

  list(): ContainerPackage[] {
    return [...this.byName.values()].sort((one, other) => one.id - other.id)
  }

  find(name: string): ContainerPackage | undefined {
    return this.byName.get(name)
  }

  add(name: string, at: number, visibility: ContainerPackage['visibility'] = 'private'): ContainerPackage {
    const found = this.byName.get(name)
    if (found) return found
    const made = { id: ++this.lastId, name, visibility, createdAt: at, updatedAt: at, versions: [] }
    this.byName.set(name, made)
    return made
  }

  remove(name: string): void {
    this.byName.delete(name)
  }

  push(name: string, tag: string, built: Built, at: number): void {
    const pushed = this.add(name, at)
    if (built.kind === 'index')
      for (const { manifest } of built.images) this.version(pushed, manifest.digest, at)
    const version = this.version(pushed, built.manifest.digest, at)
    this.take(pushed, tag, at)
    version.tags.push(tag)
    version.updatedAt = Math.max(version.updatedAt, at)
    // Whatever the hour, GitHub's date of a change moves on.
    pushed.updatedAt = Math.max(pushed.updatedAt + 1000, at)
  }

  untag(name: string, tag: string, at: number): void {
    const found = this.byName.get(name)
    if (found) this.take(found, tag, at)
  }

  private take(from: ContainerPackage, tag: string, at: number): void {
    for (const version of from.versions) {
      const index = version.tags.indexOf(tag)
      if (index < 0) continue
      version.tags.splice(index, 1)
      version.updatedAt = Math.max(version.updatedAt, at)
    }
  }

  private version(of: ContainerPackage, digest: string, at: number): PackageVersion {
    const found = of.versions.find((version) => version.digest === digest)
    if (found) return found
    const made = { id: ++this.lastId, digest, createdAt: at, updatedAt: at, tags: [] }
    of.versions.push(made)
    of.versions.sort((one, other) => other.createdAt - one.createdAt || other.id - one.id)
    return made
  }
}
