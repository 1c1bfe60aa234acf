import { AppError, isDigest } from '../../core/index.ts'
import { sha256 } from '../digests.ts'
import { imageError } from '../errors.ts'
import { type IndexEntry, MAX_MANIFEST_SIZE, parseManifest } from '../manifest.ts'
import { INDEX_TYPES } from '../media-types.ts'
import { filesSource } from './files-source.ts'
import { type ImageFiles, readSmall } from './image-files.ts'
import type { LocalImage } from './local-image.ts'

/** How tools name an image in `index.json` (image-spec, annotations.md; containerd). */
const NAME_ANNOTATIONS = ['org.opencontainers.image.ref.name', 'io.containerd.image.name']

/** @returns undefined when the files are no OCI layout */
export async function ociLayout(
  files: ImageFiles,
  wanted: string | undefined,
): Promise<LocalImage | undefined> {
  const bytes = await readSmall(files, 'index.json', MAX_MANIFEST_SIZE)
  if (bytes === undefined) return undefined
  const raw = { bytes, digest: sha256(bytes), mediaType: INDEX_TYPES[0] }
  const index = parseManifest(raw)
  const entries = index.type === 'index' ? index.entries : []
  if (entries.length === 0) {
    throw imageError({
      code: 'archive-invalid',
      about: `${files.name} names no image in its index.json.`,
      remedy: 'file',
    })
  }
  const source = filesSource(files, { manifests: new Map([[raw.digest, raw]]) })
  const names = entries.flatMap(namesOf)
  return { source, reference: chosen(entries, wanted, files) ?? raw.digest, names: [...new Set(names)] }
}

/** Nothing wanted: the platforms of one image, if the layout is that (undefined), else its first image, as Trivy takes it. */
function chosen(
  entries: readonly IndexEntry[],
  wanted: string | undefined,
  files: ImageFiles,
): string | undefined {
  if (wanted === undefined) {
    return entries.every(({ platform }) => platform !== null) ? undefined : entries[0]?.digest
  }
  const found = entries.find((entry) => entry.digest === wanted || namesOf(entry).includes(wanted))
  if (found !== undefined || isDigest(wanted)) return found?.digest ?? wanted
  const names = entries.flatMap(namesOf).slice(0, 10).join(', ')
  throw new AppError({
    code: 'manifest-not-found',
    kind: 'not-found',
    publicMessage: `${files.name} has no image named ${wanted}; it has: ${names || 'images without names'}.`,
    remedy: 'Choose one of these, or a digest.',
  })
}

function namesOf({ annotations }: IndexEntry): string[] {
  return NAME_ANNOTATIONS.flatMap((key) => annotations[key] ?? [])
}
