import type { Built } from '../../image-builder/index.ts'

/** One time that a tag pointed to an image. Milliseconds; `end` null: it still does. */
interface TagSpan {
  readonly name: string
  readonly built: Built
  readonly start: number
  end: number | null
}

export interface QuayRow {
  readonly namespace: string
  readonly name: string
  readonly isPublic: boolean
  readonly kind: string
  readonly spans: TagSpan[]
}

const seconds = (at: number): number => Math.floor(at / 1000)
/** RFC 2822, as Python's email.utils writes it. */
const rfc2822 = (at: number): string => new Date(at).toUTCString().replace('GMT', '-0000')

export function livingTags({ spans }: QuayRow, now: number): TagSpan[] {
  return spans
    .filter(({ end }) => end === null || end > now)
    .toSorted((one, other) => other.start - one.start || (one.name < other.name ? -1 : 1))
}

export function repositoryEntry(row: QuayRow, isSignedIn: boolean, now: number): object {
  const starts = livingTags(row, now).map(({ start }) => start)
  return {
    namespace: row.namespace,
    name: row.name,
    description: null,
    is_public: row.isPublic,
    kind: row.kind,
    state: 'NORMAL',
    last_modified: starts.length === 0 ? null : seconds(Math.max(...starts)),
    ...(isSignedIn ? { is_starred: false } : {}),
  }
}

export function tagEntry({ name, built, start, end }: TagSpan): object {
  const isList = built.kind === 'index'
  const layers = built.kind === 'image' ? built.layers : []
  return {
    name,
    reversion: false,
    start_ts: seconds(start),
    ...(end === null ? {} : { end_ts: seconds(end), expiration: rfc2822(end) }),
    manifest_digest: built.manifest.digest,
    is_manifest_list: isList,
    size: isList ? null : layers.reduce((sum, layer) => sum + layer.bytes.length, 0),
    last_modified: rfc2822(start),
    ...(isList
      ? {
          is_sparse: false,
          child_manifest_count: built.images.length,
          present_child_count: built.images.length,
          child_manifests_presence: Object.fromEntries(
            built.images.map((image) => [image.manifest.digest, true]),
          ),
        }
      : {}),
  }
}
