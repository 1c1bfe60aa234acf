import { type Answer, answer, errorAnswer, type ServerRequest } from './answer.ts'
import type { Storage } from './storage.ts'

function accepted(request: ServerRequest, id: string, size: number): Answer {
  return answer(202, {
    location: `/v2/${request.repository}/blobs/uploads/${id}`,
    'docker-upload-uuid': id,
    range: `0-${Math.max(0, size - 1)}`,
  })
}

function created(request: ServerRequest, digest: string): Answer {
  return answer(201, {
    location: `/v2/${request.repository}/blobs/${digest}`,
    'docker-content-digest': digest,
  })
}

function begin(storage: Storage, request: ServerRequest): Answer {
  const mount = request.query.get('mount')
  if (mount && storage.blobs.has(mount)) {
    storage.repository(request.repository).blobs.add(mount)
    return created(request, mount)
  }
  return accepted(request, storage.startUpload(request.repository), 0)
}

function finish(storage: Storage, request: ServerRequest): Answer {
  const digest = storage.finishUpload(request.reference, request.query.get('digest') ?? '')
  if (digest) return created(request, digest)
  return errorAnswer(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content')
}

/** Blob uploads, whole or in parts (distribution-spec, spec.md, Pushing Blobs). */
export function handleUpload(storage: Storage, request: ServerRequest): Answer {
  if (request.method === 'POST') return begin(storage, request)
  const upload = storage.uploads.get(request.reference)
  if (!upload) return errorAnswer(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry')
  if (request.body.length > 0) upload.parts.push(request.body)
  if (request.method === 'PUT') return finish(storage, request)
  const size = upload.parts.reduce((sum, part) => sum + part.length, 0)
  if (request.method === 'PATCH') return accepted(request, request.reference, size)
  return { ...accepted(request, request.reference, size), status: 204 }
}
