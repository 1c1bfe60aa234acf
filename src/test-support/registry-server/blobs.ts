import { type Answer, answer, errorAnswer, type ServerRequest } from './answer.ts'
import type { Storage } from './storage.ts'

function unknown(request: ServerRequest): Answer {
  return errorAnswer(404, 'BLOB_UNKNOWN', 'blob unknown to registry', request.reference)
}

/** The bytes, or the part that Range asks for (one range, as clients of registries ask). */
export function rangeOf(request: ServerRequest, bytes: Uint8Array, digest: string): Answer {
  const headers = {
    'accept-ranges': 'bytes',
    'cache-control': 'max-age=31536000',
    'content-type': 'application/octet-stream',
    'docker-content-digest': digest,
    etag: `"${digest}"`,
  }
  const match = /^bytes=(\d+)-(\d*)$/.exec(String(request.headers['range'] ?? ''))
  if (!match?.[1]) return answer(200, headers, bytes)
  const start = Number(match[1])
  const end = Math.min(match[2] ? Number(match[2]) : bytes.length - 1, bytes.length - 1)
  if (start >= bytes.length) {
    return answer(
      416,
      { ...headers, 'content-range': `bytes */${bytes.length}` },
      Buffer.from('invalid range\n'),
    )
  }
  const range = { 'content-range': `bytes ${start}-${end}/${bytes.length}` }
  return answer(206, { ...headers, ...range }, bytes.subarray(start, end + 1))
}

export function getBlob(
  storage: Storage,
  request: ServerRequest,
  redirect?: (digest: string) => string,
): Answer {
  if (!/^sha256:[0-9a-f]{64}$/.test(request.reference)) {
    return errorAnswer(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content', {})
  }
  const bytes = storage.blob(request.repository, request.reference)
  if (!bytes) return unknown(request)
  if (!redirect || request.method !== 'GET') return rangeOf(request, bytes, request.reference)
  const location = redirect(request.reference)
  return answer(
    307,
    { location, 'content-type': 'text/html; charset=utf-8' },
    Buffer.from('<a href="#">Temporary Redirect</a>.\n'),
  )
}
