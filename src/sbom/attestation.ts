import { isObject, type Json, objectsOf } from './json.ts'

/** A statement on something, and what it is on (in-toto attestation framework, Statement). */
export interface Attested {
  readonly predicateType: string
  readonly predicate: unknown
  /** `sha256:...` of what the statement is on; empty: of anything. */
  readonly subjects: readonly string[]
}

/**
 * Takes the statement out of what it was signed in: a Sigstore bundle, a DSSE envelope, or an in-toto statement as it is.
 * The signature is NOT verified.
 *
 * @returns undefined when the JSON is none of them
 */
export function readAttestation(json: unknown): Attested | undefined {
  if (!isObject(json)) return undefined
  const envelope = isObject(json['dsseEnvelope']) ? json['dsseEnvelope'] : json
  const statement = typeof envelope['payload'] === 'string' ? payloadOf(envelope['payload']) : envelope
  if (statement === undefined || typeof statement['predicateType'] !== 'string') return undefined
  return {
    predicateType: statement['predicateType'],
    predicate: unwrapped(statement['predicate']),
    subjects: objectsOf(statement['subject']).flatMap(({ digest }) =>
      isObject(digest) && typeof digest['sha256'] === 'string' ? [`sha256:${digest['sha256']}`] : [],
    ),
  }
}

function payloadOf(payload: string): Json | undefined {
  return parseObject(Buffer.from(payload, 'base64').toString('utf8'))
}

/** Old cosign wraps the document in `Data`, as JSON or as text. */
function unwrapped(predicate: unknown): unknown {
  if (!isObject(predicate) || !('Data' in predicate)) return predicate
  const data = predicate['Data']
  return typeof data === 'string' ? (parseObject(data) ?? data) : data
}

function parseObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const BUNDLE = 'application/vnd.dev.sigstore.bundle'

/** Whether a media type says that an attestation is inside. */
export function isAttestationType(mediaType: string): boolean {
  return (
    mediaType.startsWith(BUNDLE) ||
    mediaType === 'application/vnd.dsse.envelope.v1+json' ||
    mediaType === 'application/vnd.in-toto+json'
  )
}

/** A predicate type with or without its version: `https://cyclonedx.org/bom/v1.4`. */
export function predicateKind(predicateType: string): 'cyclonedx' | 'spdx' | 'openvex' | 'other' {
  if (/^https:\/\/cyclonedx\.org\/(?:bom|schema)(?:\/|$)/.test(predicateType)) return 'cyclonedx'
  if (/^https:\/\/spdx\.dev\/Document(?:\/|$)/.test(predicateType)) return 'spdx'
  if (/^https:\/\/openvex\.dev\/ns(?:\/|$)/.test(predicateType)) return 'openvex'
  return 'other'
}
