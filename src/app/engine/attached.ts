import { type Digest, isAppError, safeText } from '../../core/index.ts'
import { type AttachedBlob, findAttached, type ImageSource, readBlob } from '../../images/index.ts'
import {
  isAttestationType,
  predicateKind,
  readAttestation,
  readSbom,
  SBOM_LIMITS,
  type SbomDocument,
} from '../../sbom/index.ts'
import { LARGEST_VEX, readVex, type VexDocument } from '../../vex/index.ts'

/** Documents that are attached to an image. Who attached them, nobody has verified. */
export interface AttachedDocuments {
  readonly sboms: readonly { readonly digest: Digest; readonly document: SbomDocument }[]
  readonly vex: readonly {
    readonly digest: Digest
    readonly bytes: Uint8Array
    readonly document: VexDocument
  }[]
  /** Of these there was more than could be used. */
  readonly leftOut: ReadonlySet<'sbom' | 'vex'>
  /** What was there and could not be used, in sentences. */
  readonly notes: readonly string[]
}

interface ImageDigests {
  readonly index: Digest
  readonly manifest: Digest
}

/** Of all documents of an image together: they are held at once. */
const MOST_BYTES = 64 * 1024 * 1024
const MOST_DOCUMENTS = 20

/**
 * Reads the SBOMs and VEX documents that are attached to an image. A statement on another image is not used.
 * @throws AppError of the source
 */
export async function readAttached(
  source: ImageSource,
  image: ImageDigests,
  signal?: AbortSignal,
): Promise<AttachedDocuments> {
  const found = new Found()
  let [left, bytesLeft] = [MOST_DOCUMENTS, MOST_BYTES]
  for (const { blob, ...attached } of await findAttached(source, image, signal)) {
    const kind = kindOf(attached)
    if (kind === 'other') continue
    left -= 1
    bytesLeft -= blob.size
    if (left < 0 || bytesLeft < 0) {
      found.leaveOut(
        `More is attached than ${MOST_DOCUMENTS} documents of ${MOST_BYTES / 1024 ** 2} MiB in all.`,
      )
      break
    }
    const most = kind === 'vex' ? LARGEST_VEX : SBOM_LIMITS.bytes
    await found.add(blob.digest, kind, image, () => readBlob(source, blob, most, signal))
  }
  return found
}

class Found implements AttachedDocuments {
  readonly sboms: AttachedDocuments['sboms'][number][] = []
  readonly vex: AttachedDocuments['vex'][number][] = []
  readonly leftOut = new Set<'sbom' | 'vex'>()
  readonly notes: string[] = []

  /** @param kind what it may be; both where that is not known */
  leaveOut(note: string, kind?: string): void {
    this.notes.push(note)
    if (kind !== 'vex') this.leftOut.add('sbom')
    if (kind !== 'sbom') this.leftOut.add('vex')
  }

  /** @throws AppError of the source, unless it is of this document alone */
  async add(
    digest: Digest,
    kind: Exclude<Kind, 'other'>,
    image: ImageDigests,
    read: () => Promise<Uint8Array>,
  ): Promise<void> {
    let said: ReturnType<typeof kindOfStatement> | 'attestation' = kind
    try {
      const bytes = await read()
      if (kind === 'attestation') said = kindOfStatement(bytes, image)
      if (said === 'sbom') this.sboms.push({ digest, document: readSbom(bytes) })
      if (said === 'vex') this.vex.push({ digest, bytes, document: readVex(bytes) })
      if (said === 'stranger') this.notes.push(`${digest} is attached, but is about another image.`)
    } catch (error) {
      if (!isAppError(error) || (error.kind !== 'invalid' && error.kind !== 'not-found')) throw error
      this.leaveOut(`${digest} is attached and was left out: ${safeText(error.publicMessage)}`, said)
    }
  }
}

type Kind = 'sbom' | 'vex' | 'attestation' | 'other'

function kindOf({ mediaType, predicateType }: Omit<AttachedBlob, 'blob'>): Kind {
  if (isAttestationType(mediaType)) {
    return predicateType === '' || predicateKind(predicateType) !== 'other' ? 'attestation' : 'other'
  }
  if (/openvex/.test(mediaType)) return 'vex'
  return /cyclonedx|spdx/.test(mediaType) ? 'sbom' : 'other'
}

function kindOfStatement(
  bytes: Uint8Array,
  { index, manifest }: ImageDigests,
): 'sbom' | 'vex' | 'stranger' | 'other' {
  const attested = readAttestation(parse(bytes))
  if (attested === undefined) return 'other'
  const kind = predicateKind(attested.predicateType)
  if (kind === 'other') return 'other'
  const { subjects } = attested
  if (subjects.length > 0 && !subjects.includes(index) && !subjects.includes(manifest)) return 'stranger'
  return kind === 'openvex' ? 'vex' : 'sbom'
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}
