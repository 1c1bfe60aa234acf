import { readAttestation } from '../sbom/index.ts'
import { readCsaf } from './csaf.ts'
import { readCycloneDxVex } from './cyclonedx.ts'
import { vexError } from './errors.ts'
import { isObject, type Json } from './json.ts'
import { checkSize } from './limits.ts'
import { readOpenVex } from './openvex.ts'
import type { VexDocument } from './ports.ts'

/** Bytes of one document; real ones have a few MB. */
export const LARGEST_VEX = 16 * 1024 * 1024

/**
 * Reads a VEX document: OpenVEX, CycloneDX with an analysis, CSAF; as it is, or attested. Signatures are not verified.
 * @throws AppError `vex-unreadable`, `vex-too-large` (invalid)
 */
export function readVex(bytes: Uint8Array): VexDocument {
  if (bytes.length > LARGEST_VEX) {
    throw vexError('vex-too-large', `The VEX document is larger than ${LARGEST_VEX / 1024 ** 2} MiB.`)
  }
  const json = parse(new TextDecoder().decode(bytes))
  const found = isObject(json) ? readDocument(json) : undefined
  if (found !== undefined) return checkSize(found)
  const predicate = readAttestation(json)?.predicate
  const inner = isObject(predicate) ? readDocument(predicate) : undefined
  if (inner !== undefined) return checkSize(inner)
  throw vexError('vex-unreadable', 'The document is neither OpenVEX nor CycloneDX nor CSAF.')
}

function readDocument(json: Json): VexDocument | undefined {
  if (json['bomFormat'] === 'CycloneDX') return readCycloneDxVex(json)
  const context = json['@context']
  if (typeof context === 'string' && context.startsWith('https://openvex.dev/ns')) return readOpenVex(json)
  if (isObject(json['document']) && 'csaf_version' in json['document']) return readCsaf(json)
  return undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw vexError('vex-unreadable', 'The VEX document is not JSON.', error)
  }
}
