import { type Digest, toAppError } from '../../core/index.ts'
import type { AttachedDocument, AttachedDocumentKeeper } from '../../documents/index.ts'
import type { ImageSource, PlatformImage } from '../../images/index.ts'
import type { ClaimedScan } from '../../scans/index.ts'
import { type AttachedDocuments, readAttached } from '../engine/attached.ts'

export interface ScannedPlatform {
  readonly scan: ClaimedScan
  readonly source: ImageSource
  readonly image: PlatformImage
  readonly inventoryId: number
}

/** A registry that dawdles over what is only beside the image does not hold up the scan for longer. */
const MOST_SECONDS = 60

/**
 * Looks for SBOMs and VEX statements that are attached to what was scanned, and keeps them for the organisation. What goes wrong at the
 * registry is noted on the image, and never fails its scan.
 *
 * @param late when the registry has taken too long; 60 s from now on unless stated
 */
export async function keepAttached(
  documents: AttachedDocumentKeeper,
  { scan, source, image, inventoryId }: ScannedPlatform,
  signal: AbortSignal,
  late = AbortSignal.timeout(MOST_SECONDS * 1_000),
): Promise<void> {
  const manifest = image.manifest.digest
  const bounded = AbortSignal.any([signal, late])
  const { orgId, imageId } = scan
  const knowing = scan.userPriority ? source : withKnownTags(documents, scan, source)
  for (const { id, digest } of await documents.imagesOf(orgId, imageId, manifest)) {
    const read = await look(knowing, { index: digest, manifest }, bounded)
    signal.throwIfAborted()
    if ('failure' in read) {
      const why = late.aborted ? `The registry took more than ${MOST_SECONDS} s.` : read.failure
      const note = `Documents attached to the image could not be read: ${why}`
      await documents.attachFailed(orgId, id, manifest, note)
    } else {
      const { notes } = read
      const found = documentsOf(read)
      await documents.attach(orgId, {
        imageId: id,
        manifestDigest: manifest,
        inventoryId,
        documents: found,
        notes,
      })
    }
  }
}

/**
 * Discovery knows which tags there are: only those are asked for. A person who asks for a scan may have attached something
 * since, so then the registry is asked for all.
 */
function withKnownTags(
  documents: AttachedDocumentKeeper,
  { orgId, imageId }: ClaimedScan,
  source: ImageSource,
): ImageSource {
  return { ...source, knownTags: (names) => documents.knownTags(orgId, imageId, names) }
}

async function look(
  source: ImageSource,
  image: { readonly index: Digest; readonly manifest: Digest },
  signal: AbortSignal,
): Promise<AttachedDocuments | { readonly failure: string }> {
  try {
    return await readAttached(source, image, signal)
  } catch (error) {
    return { failure: toAppError(error).publicMessage }
  }
}

function documentsOf({ sboms, vex }: AttachedDocuments): AttachedDocument[] {
  return [
    ...sboms.map(({ digest, document }) => ({
      kind: 'sbom' as const,
      digest,
      format: `${document.format} ${document.specVersion}`,
      entries: document.packages.length,
      purls: document.packages.map(({ purl }) => purl),
    })),
    ...vex.map(({ digest, document, bytes }) => ({
      kind: 'vex' as const,
      digest,
      format: document.format,
      entries: document.statements.length,
      content: bytes,
    })),
  ]
}
