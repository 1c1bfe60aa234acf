import type { Built } from '../../image-builder/index.ts'

/** A tag as Hub's database has it. */
export interface HubTagRow {
  readonly name: string
  readonly built: Built
  readonly pushedAt: number
  /** Tags of before 2021 have no digest in the listing. */
  readonly hidesDigest?: boolean
}

export interface HubRepositoryRow {
  readonly name: string
  readonly isPrivate: boolean
  readonly isPlugin: boolean
  /** Of the last push; null: never. */
  lastUpdated: number | null
  readonly tags: Map<string, HubTagRow>
}

const REGISTERED = Date.UTC(2020, 0, 1)
/** Set for all repositories at once by some change of Hub's: it says nothing of pushes. */
const MODIFIED = '2024-10-16T13:48:34.145251Z'

const instant = (at: number): string => new Date(at).toISOString().replace('Z', '000Z')

export function repositoryEntry(repository: HubRepositoryRow): object {
  const [namespace, name] = repository.name.split('/')
  return {
    name,
    namespace,
    repository_type: repository.isPlugin ? 'plugin' : 'image',
    status: 1,
    status_description: 'active',
    description: '',
    is_private: repository.isPrivate,
    star_count: 0,
    pull_count: 17,
    last_updated: repository.lastUpdated === null ? null : instant(repository.lastUpdated),
    last_modified: MODIFIED,
    date_registered: instant(REGISTERED),
    affiliation: 'member',
    media_types: ['application/vnd.oci.image.manifest.v1+json'],
    content_types: ['image'],
    categories: [],
    storage_size: 1024,
  }
}

const sizeOf = (built: Built): number =>
  built.kind === 'image'
    ? built.layers.reduce((sum, layer) => sum + layer.bytes.length, 0)
    : built.images.reduce((sum, image) => sum + sizeOf(image), 0)

export function tagEntry({ name, built, pushedAt, hidesDigest }: HubTagRow, id: number): object {
  const images = built.kind === 'image' ? [built] : built.images
  return {
    creator: 7,
    id,
    images: images.map((image) => ({
      architecture: image.platform.architecture,
      features: '',
      variant: null,
      digest: image.manifest.digest,
      os: image.platform.os,
      os_features: '',
      os_version: null,
      size: sizeOf(image),
      status: 'active',
      last_pulled: null,
      last_pushed: instant(pushedAt),
    })),
    last_updated: instant(pushedAt),
    last_updater: 7,
    last_updater_username: 'acme-ci',
    name,
    repository: 11,
    full_size: sizeOf(built),
    v2: true,
    tag_status: 'active',
    tag_last_pulled: null,
    tag_last_pushed: instant(pushedAt),
    media_type: built.manifest.mediaType,
    content_type: 'image',
    ...(hidesDigest ? {} : { digest: built.manifest.digest }),
  }
}
