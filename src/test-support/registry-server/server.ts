import type { Digest } from '../../core/index.ts'
import { type Answer, answer, errorAnswer, type Fault, send, type ServerRequest } from './answer.ts'
import { refusalOf, type ServerAuth, TokenBook } from './auth.ts'
import { getBlob, rangeOf } from './blobs.ts'
import { listRepositories, listTags } from './lists.ts'
import { listen, readBody, type TlsIdentity } from './listen.ts'
import { getManifest, putManifest } from './manifests.ts'
import { createRequestLog, type RequestLog } from './request-log.ts'
import { takeApart } from './route.ts'
import { type PushedImage, Storage } from './storage.ts'
import { handleToken } from './tokens.ts'
import { handleUpload } from './uploads.ts'

export interface RegistryServerOptions {
  /** Default: open to everybody. */
  readonly auth?: ServerAuth
  readonly tls?: TlsIdentity
  readonly port?: number
  /** Most entries of a page; 1000 unless stated. */
  readonly pageSize?: number
  /** Blobs are given from another origin, which refuses requests that carry Authorization, as cloud storage does. */
  readonly blobsElsewhere?: boolean
  readonly faults?: readonly Fault[]
}

export interface RegistryServer {
  readonly url: string
  /** `127.0.0.1:PORT` */
  readonly host: string
  readonly requests: RequestLog
  /** What reached the origin that blobs are redirected to. */
  readonly storageRequests: RequestLog
  /** May be changed at any time; each sees the answer that the one before it left. */
  faults: readonly Fault[]
  /** Puts an image without the push protocol; gives the digest of its manifest. */
  put(image: PushedImage): Digest
  deleteTag(repository: string, tag: string): void
  deleteRepository(repository: string): void
  /** Ends all tokens. */
  revokeTokens(): void
  close(): Promise<void>
}

interface Surroundings {
  readonly storage: Storage
  readonly auth: ServerAuth
  readonly book: TokenBook | undefined
  readonly pageSize: number
  readonly redirect: ((digest: string) => string) | undefined
}

function handle(request: ServerRequest, around: Surroundings): Answer {
  const { storage, pageSize } = around
  const reads = request.method === 'GET' || request.method === 'HEAD'
  switch (request.target) {
    case 'ping':
      return answer(200, { 'content-type': 'application/json; charset=utf-8' }, Buffer.from('{}'))
    case 'catalog':
      return listRepositories(storage, request, pageSize)
    case 'tags':
      return listTags(storage, request, pageSize)
    case 'manifest':
      return reads ? getManifest(storage, request) : putManifest(storage, request)
    case 'blob':
      return getBlob(storage, request, around.redirect)
    case 'upload':
      return handleUpload(storage, request)
    default:
      return answer(404, { 'content-type': 'text/plain; charset=utf-8' }, Buffer.from('404 page not found\n'))
  }
}

function respond(request: ServerRequest, around: Surroundings, realm: string): Answer {
  const { auth, book } = around
  if (request.target === 'token') {
    return auth.kind === 'bearer' && book ? handleToken(auth, book, request) : answer(404)
  }
  return refusalOf(auth, book, realm, request) ?? handle(request, around)
}

async function startStorage(storage: Storage, log: ReturnType<typeof createRequestLog>) {
  return listen(async (message, response) => {
    const request = takeApart(message, await readBody(message))
    const bytes = storage.blobs.get(request.reference)
    const reply = request.headers['authorization']
      ? errorAnswer(400, 'InvalidArgument', 'Only one auth mechanism allowed')
      : bytes
        ? rangeOf(request, bytes, request.reference)
        : answer(404)
    log.add(request, reply.status)
    await send(request.method, reply, response)
  })
}

/**
 * Starts a registry on a free port of 127.0.0.1.
 *
 * @example
 * const registry = await startRegistryServer({ auth: { kind: 'basic', users: { ann: 'secret' } } })
 * registry.put({ repository: 'acme/api', tags: ['1.0'], manifest, blobs })
 * await registry.close()
 */
export async function startRegistryServer(options: RegistryServerOptions = {}): Promise<RegistryServer> {
  const storage = new Storage()
  const requests = createRequestLog()
  const storageRequests = createRequestLog()
  const auth = options.auth ?? { kind: 'none' }
  const book = auth.kind === 'bearer' ? new TokenBook(auth) : undefined
  const elsewhere = options.blobsElsewhere ? await startStorage(storage, storageRequests) : undefined
  const redirect = elsewhere && ((digest: string) => `${elsewhere.url}/storage/${digest}?signature=secret`)
  const around = { storage, auth, book, pageSize: options.pageSize ?? 1000, redirect }
  let faults = options.faults ?? []

  const server = await listen(async (message, response) => {
    const request = takeApart(message, await readBody(message))
    const plain = respond(request, around, `${server.url}/token`)
    const reply = faults.reduce((changed, fault) => fault(request, changed), plain)
    requests.add(request, reply.status)
    await send(request.method, reply, response)
  }, options)

  return {
    url: server.url,
    host: server.host,
    requests,
    storageRequests,
    get faults() {
      return faults
    },
    set faults(next) {
      faults = next
    },
    put: (image) => storage.put(image),
    deleteTag: (repository, tag) => storage.deleteTag(repository, tag),
    deleteRepository: (repository) => storage.deleteRepository(repository),
    revokeTokens: () => book?.revokeAll(),
    async close() {
      await Promise.all([server.close(), elsewhere?.close()])
    },
  }
}
