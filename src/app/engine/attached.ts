import { type Digest, isAppError, safeText } from '../../core/index.ts'
import { type AttachedBlob, findAttached, type ImageSource, readBlob } from '../../images/index.ts'
import {
  isAttestationType,
  predicateKind,
  readAttestation,
  readSbom,
  type SbomDocument,
} from '../../sbom/index.ts'
import { LARGEST_VEX, readVex, type VexDocument } from '../../vex/index.ts'

/** Documents that are attached to an image. Who attached them, nobody has verified. */
export interface AttachedDocuments {
  readonly sboms: readonly SbomDocument[]
  readonly vex: readonly VexDocument[]
  /** What was there and could not be used, in sentences. */
  readonly notes: readonly string[]
}

/**
 * Reads the SBOMs and VEX documents that are attached to an image. A statement on another image is not used.
 * @throws AppError of the source
 */
export async function readAttached(
  source: ImageSource,
  image: { readonly index: Digest; readonly manifest: Digest },
  signal?: AbortSignal,
): Promise<AttachedDocuments> {
  const [sboms, vex, notes]: [SbomDocument[], VexDocument[], string[]] = [[], [], []]
  for (const attached of await findAttached(source, image, signal)) {
    const kind = kindOf(attached)
    if (kind === 'other') continue
    try {
      const bytes = await readBlob(source, attached.blob, LARGEST_VEX, signal)
      const said = kind === 'attestation' ? kindOfStatement(bytes, image) : kind
      if (said === 'sbom') sboms.push(readSbom(bytes))
      if (said === 'vex') vex.push(readVex(bytes))
      if (said === 'stranger') notes.push(`${attached.blob.digest} is attached, but is about another image.`)
    } catch (error) {
      if (!isAppError(error) || error.kind !== 'invalid') throw error
      notes.push(`${attached.blob.digest} is attached and was left out: ${safeText(error.publicMessage)}`)
    }
  }
  return { sboms, vex, notes }
}

type Kind = 'sbom' | 'vex' | 'attestation' | 'other'

function kindOf({ mediaType, predicateType }: AttachedBlob): Kind {
  if (isAttestationType(mediaType)) {
    return predicateType === '' || predicateKind(predicateType) !== 'other' ? 'attestation' : 'other'
  }
  if (/openvex/.test(mediaType)) return 'vex'
  return /cyclonedx|spdx/.test(mediaType) ? 'sbom' : 'other'
}

function kindOfStatement(
  bytes: Uint8Array,
  { index, manifest }: { readonly index: Digest; readonly manifest: Digest },
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
