import { readAttestation } from './attestation.ts'
import { readCycloneDx } from './cyclonedx/read.ts'
import { sbomError } from './errors.ts'
import { isObject, type Json } from './json.ts'
import { SBOM_LIMITS } from './limits.ts'
import type { SbomDocument } from './ports.ts'
import { parseSpdxJson } from './spdx/read-json.ts'
import { parseSpdxTagValue } from './spdx/read-tag-value.ts'
import { fromSpdx } from './spdx/read.ts'

/**
 * Reads a software bill of materials: CycloneDX JSON 1.2 to 1.7, SPDX 2 as JSON or tag-value; as it is, or attested (in-toto
 * statement, DSSE envelope, Sigstore bundle). Signatures are not verified.
 *
 * @throws AppError `sbom-unreadable`, `sbom-too-large` (invalid)
 */
export function readSbom(bytes: Uint8Array): SbomDocument {
  if (bytes.length > SBOM_LIMITS.bytes) {
    throw sbomError('sbom-too-large', `The SBOM is larger than ${SBOM_LIMITS.bytes / 1024 ** 2} MiB.`)
  }
  const text = new TextDecoder().decode(bytes)
  if (isTagValue(text)) return fromSpdx(parseSpdxTagValue(text))
  return readSbomJson(parse(text))
}

/** Comments may stand before the first tag, and tags before the version (SPDX 2.3, clause 5). */
function isTagValue(text: string): boolean {
  let at = 0
  while (at < text.length) {
    const end = text.indexOf('\n', at)
    const line = text.slice(at, end < 0 ? text.length : end).trim()
    if (line !== '' && !line.startsWith('#')) {
      return /^[A-Z][A-Za-z]*:/.test(line) && /^[ \t]*SPDXVersion:/m.test(text)
    }
    if (end < 0) break
    at = end + 1
  }
  return false
}

function readSbomJson(json: unknown): SbomDocument {
  const direct = isObject(json) ? readDocument(json) : undefined
  if (direct !== undefined) return direct
  const attested = readAttestation(json)
  const inner = isObject(attested?.predicate) ? readDocument(attested.predicate) : undefined
  if (inner !== undefined) return inner
  throw sbomError(
    'sbom-unreadable',
    attested === undefined
      ? 'The document is neither CycloneDX nor SPDX 2.'
      : 'The attestation holds no CycloneDX and no SPDX 2 document.',
  )
}

function readDocument(json: Json): SbomDocument | undefined {
  if (json['bomFormat'] === 'CycloneDX') return readCycloneDx(json)
  const version = json['spdxVersion']
  if (typeof version === 'string' && version.startsWith('SPDX-2')) return fromSpdx(parseSpdxJson(json))
  return undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw sbomError('sbom-unreadable', 'The document is neither JSON nor SPDX tag-value.', error)
  }
}
