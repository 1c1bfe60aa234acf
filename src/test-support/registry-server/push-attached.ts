import { createHash } from 'node:crypto'
import type { Digest } from '../../core/index.ts'
import type { RegistryServer } from './server.ts'

export interface AttachedContent {
  readonly repository: string
  readonly tags?: readonly string[]
  /** Of the one blob. */
  readonly mediaType: string
  readonly content: object
  readonly annotations?: object
}

/** Puts a manifest with one document as its only layer, as cosign and BuildKit do; gives its digest. */
export function pushAttached(
  registry: Pick<RegistryServer, 'put'>,
  { repository, tags = [], mediaType, content, annotations = {} }: AttachedContent,
): Digest {
  const [blob, config] = [blobOf(content), blobOf({})]
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: config.digest,
      size: config.bytes.length,
    },
    layers: [{ mediaType, digest: blob.digest, size: blob.bytes.length, annotations }],
  }
  return registry.put({
    repository,
    tags,
    manifest: { mediaType: manifest.mediaType, bytes: Buffer.from(JSON.stringify(manifest)) },
    blobs: new Map([blob, config].map(({ digest, bytes }) => [digest, bytes])),
  })
}

function blobOf(value: object): { readonly digest: string; readonly bytes: Uint8Array } {
  const bytes = Buffer.from(JSON.stringify(value))
  return { bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` }
}

/** A statement about a digest in a DSSE envelope (in-toto attestation v0.1), as cosign attaches it. */
export function envelopeOf(predicateType: string, predicate: object, subject: Digest): object {
  const statement = {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType,
    subject: [{ name: 'api', digest: { sha256: subject.slice(7) } }],
    predicate,
  }
  return {
    payloadType: 'application/vnd.in-toto+json',
    payload: Buffer.from(JSON.stringify(statement)).toString('base64'),
    signatures: [],
  }
}
