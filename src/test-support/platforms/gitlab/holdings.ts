import type { Built } from '../../image-builder/index.ts'

export interface GitlabTag {
  readonly name: string
  readonly digest: string
  readonly configDigest: string | null
  readonly mediaType: string
  readonly size: number
  readonly createdAt: number
  readonly updatedAt: number | null
}

export interface GitlabRepository {
  readonly id: number
  readonly path: string
  readonly project: GitlabProject
  readonly createdAt: number
  lastPublishedAt: number | null
  readonly tags: Map<string, GitlabTag>
}

export interface GitlabProject {
  readonly id: number
  readonly path: string
}

export const publishedAt = (tag: GitlabTag): number => tag.updatedAt ?? tag.createdAt

/** What Rails and the registry's database know: projects with container repositories and their tags. */
export class Holdings {
  private readonly projects = new Map<string, GitlabProject>()
  private readonly repositories = new Map<string, GitlabRepository>()
  private lastId = 100

  constructor(projects: readonly string[]) {
    for (const path of projects) this.addProject(path)
  }

  addProject(path: string): GitlabProject {
    const project = this.projects.get(path) ?? { id: ++this.lastId, path }
    this.projects.set(path, project)
    return project
  }

  allProjects(): GitlabProject[] {
    return [...this.projects.values()]
  }

  all(): GitlabRepository[] {
    return [...this.repositories.values()]
  }

  find(path: string): GitlabRepository | undefined {
    return this.repositories.get(path)
  }

  /** The project is the longest that the path begins with; an image has at most two names after it. */
  projectOf(path: string): GitlabProject | undefined {
    const parts = path.split('/')
    for (let length = parts.length; length >= 2; length -= 1) {
      const found = this.projects.get(parts.slice(0, length).join('/'))
      if (found) return found
    }
    return undefined
  }

  add(path: string, at: number): GitlabRepository {
    const found = this.repositories.get(path)
    if (found) return found
    const project = this.projectOf(path) ?? this.addProject(path.split('/').slice(0, 2).join('/'))
    const made = { id: ++this.lastId, path, project, createdAt: at, lastPublishedAt: null, tags: new Map() }
    this.repositories.set(path, made)
    return made
  }

  remove(path: string): void {
    this.repositories.delete(path)
  }

  push(path: string, name: string, built: Built, at: number): void {
    const repository = this.add(path, at)
    const before = repository.tags.get(name)
    repository.tags.set(name, {
      name,
      digest: built.manifest.digest,
      configDigest: built.kind === 'image' ? built.config.digest : null,
      mediaType: built.manifest.mediaType,
      size:
        built.manifest.bytes.length + [...built.blobs.values()].reduce((sum, blob) => sum + blob.length, 0),
      createdAt: before?.createdAt ?? at,
      updatedAt: before ? at : null,
    })
    // Whatever the hour, the date of a change moves on.
    repository.lastPublishedAt = Math.max(at, (repository.lastPublishedAt ?? 0) + 1000)
  }
}
