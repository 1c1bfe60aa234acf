import type { StoredImage, StoredProject, StoredRepository } from './content.ts'

/** Answers of the Artifact Registry API, version 1, in its words. */

export interface Reply {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export const ok = (body: unknown): Reply => ({ status: 200, body })

/** google.rpc.Status in its JSON form. */
export function problem(
  status: number,
  state: string,
  message: string,
  info?: { readonly reason: string; readonly metadata?: Readonly<Record<string, string>> },
): Reply {
  const details = info && [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: info.reason,
      domain: 'artifactregistry.googleapis.com',
      metadata: info.metadata ?? {},
    },
  ]
  return {
    status,
    body: { error: { code: status, message, status: state, ...(details ? { details } : {}) } },
  }
}

export function denied(permission: string, resource: string): Reply {
  const message = `Permission '${permission}' denied on resource '//artifactregistry.googleapis.com/${resource}' (or it may not exist).`
  return problem(403, 'PERMISSION_DENIED', message, {
    reason: 'IAM_PERMISSION_DENIED',
    metadata: { permission, resource },
  })
}

/** With microseconds, as Google writes times. */
const time = (at: number): string =>
  new Date(at).toISOString().replace('Z', '456Z').replace('.000456', '.000000')

const root = (project: StoredProject, { location, id }: StoredRepository): string =>
  `projects/${project.name}/locations/${location}/repositories/${id}`

export function locationAnswer(project: StoredProject, locationId: string) {
  return {
    name: `projects/${project.name}/locations/${locationId}`,
    locationId,
    displayName: locationId.toUpperCase(),
    labels: { 'cloud.googleapis.com/region': locationId },
  }
}

export function repositoryAnswer(project: StoredProject, repository: StoredRepository) {
  const { location, id, format, mode } = repository
  return {
    name: root(project, repository),
    format,
    mode,
    createTime: time(Date.UTC(2025, 0, 1)),
    updateTime: time(Date.UTC(2025, 0, 2)),
    sizeBytes: String(repository.images.reduce((sum, { size }) => sum + size, 0)),
    registryUri: `${location}-docker.pkg.dev/${project.name.replace(':', '/')}/${id}`,
    vulnerabilityScanningConfig: { enablementState: 'SCANNING_DISABLED' },
    satisfiesPzi: true,
  }
}

export function imageAnswer(project: StoredProject, repository: StoredRepository, stored: StoredImage) {
  const { location, id } = repository
  const uri = `${location}-docker.pkg.dev/${project.name.replace(':', '/')}/${id}/${stored.image}@${stored.digest}`
  return {
    name: `${root(project, repository)}/dockerImages/${encodeURIComponent(stored.image)}@${stored.digest}`,
    uri,
    ...(stored.tags.size > 0 ? { tags: [...stored.tags] } : {}),
    imageSizeBytes: String(stored.size),
    uploadTime: time(stored.uploadTime),
    mediaType: stored.mediaType,
    buildTime: time(0),
    updateTime: time(stored.updateTime),
    ...(stored.children.length > 0
      ? { imageManifests: stored.children.map((child) => ({ ...child, os: 'linux', architecture: 'amd64' })) }
      : {}),
  }
}

export function packageAnswer(project: StoredProject, repository: StoredRepository, image: string) {
  const own = repository.imagesOf(image)
  return {
    name: `${root(project, repository)}/packages/${encodeURIComponent(image)}`,
    createTime: time(Math.min(...own.map(({ uploadTime }) => uploadTime))),
    updateTime: time(Math.max(...own.map(({ uploadTime }) => uploadTime))),
  }
}

export function tagAnswer(
  project: StoredProject,
  repository: StoredRepository,
  stored: StoredImage,
  tag: string,
) {
  const base = `${root(project, repository)}/packages/${encodeURIComponent(stored.image)}`
  return { name: `${base}/tags/${encodeURIComponent(tag)}`, version: `${base}/versions/${stored.digest}` }
}

/** With 100 of its tags at most. */
export function versionAnswer(
  project: StoredProject,
  repository: StoredRepository,
  stored: StoredImage,
  view: string | null,
) {
  const base = `${root(project, repository)}/packages/${encodeURIComponent(stored.image)}`
  const tags = [...stored.tags].slice(0, 100)
  return {
    name: `${base}/versions/${stored.digest}`,
    createTime: time(stored.uploadTime),
    updateTime: time(stored.updateTime),
    ...(tags.length > 0
      ? { relatedTags: tags.map((tag) => tagAnswer(project, repository, stored, tag)) }
      : {}),
    ...(view === 'FULL'
      ? {
          metadata: {
            name: `${root(project, repository)}/dockerImages/${encodeURIComponent(stored.image)}@${stored.digest}`,
            imageSizeBytes: String(stored.size),
            mediaType: stored.mediaType,
            buildTime: time(0),
          },
        }
      : {}),
  }
}
