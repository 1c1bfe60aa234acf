import { isDigest } from '../../core/index.ts'
import { type Answer, answer, errorAnswer, type ServerRequest } from './answer.ts'
import { type Storage, sha256 } from './storage.ts'

const kinds: Readonly<Record<string, string>> = {
  'application/vnd.oci.image.index.v1+json': 'index',
  'application/vnd.oci.image.manifest.v1+json': 'manifest',
}

function unknown(request: ServerRequest): Answer {
  const detail = isDigest(request.reference)
    ? { Name: request.repository, Revision: request.reference }
    : { Tag: request.reference }
  return errorAnswer(404, 'MANIFEST_UNKNOWN', 'manifest unknown', detail)
}

/** OCI objects are given only to those who ask for their type, as distribution 2.8.2 does. */
function acceptable(request: ServerRequest, mediaType: string): boolean {
  const accept = String(request.headers['accept'] ?? '')
  return !(mediaType in kinds) || accept.includes(mediaType)
}

export function getManifest(storage: Storage, request: ServerRequest): Answer {
  const found = storage.manifest(request.repository, request.reference)
  if (!found) return unknown(request)
  if (!acceptable(request, found.mediaType)) {
    const what = `OCI ${kinds[found.mediaType]}`
    return errorAnswer(
      404,
      'MANIFEST_UNKNOWN',
      `${what} found, but accept header does not support OCI ${kinds[found.mediaType] === 'index' ? 'indexes' : 'manifests'}`,
    )
  }
  const etag = `"${found.digest}"`
  const headers = { 'content-type': found.mediaType, 'docker-content-digest': found.digest, etag }
  if (request.headers['if-none-match'] === etag) return answer(304)
  return answer(200, headers, found.bytes)
}

interface Parsed {
  readonly config?: { readonly digest?: string }
  readonly layers?: readonly { readonly digest?: string }[]
}

function parse(bytes: Uint8Array): Parsed | undefined {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as Parsed
  } catch {
    return undefined
  }
}

export function putManifest(storage: Storage, request: ServerRequest): Answer {
  const { repository, reference, body } = request
  const parsed = parse(body)
  if (!parsed) return errorAnswer(400, 'MANIFEST_INVALID', 'manifest invalid', {})
  const wanted = [parsed.config, ...(parsed.layers ?? [])].flatMap((one) => one?.digest ?? [])
  const missing = wanted.find((digest) => !storage.blob(repository, digest))
  if (missing) return errorAnswer(400, 'MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry', missing)
  const digest = sha256(body)
  if (isDigest(reference) && reference !== digest) {
    return errorAnswer(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content')
  }
  const mediaType = String(request.headers['content-type'] ?? '')
  storage.put({
    repository,
    tags: isDigest(reference) ? [] : [reference],
    manifest: { bytes: body, mediaType },
  })
  return answer(201, {
    location: `/v2/${repository}/manifests/${digest}`,
    'docker-content-digest': digest,
  })
}
