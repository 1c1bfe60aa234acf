import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { AppError, type Clock, digestFromHex, isDigest, isRetryable, toAppError } from '../../core/index.ts'
import type { BlobDescriptor } from '../../images/index.ts'
import type { HttpResponse } from '../../platform/http/index.ts'
import { atLeastRate } from './least-rate.ts'
import { checkedReference, checkedRepository } from './names.ts'
import { pullScope } from './scope.ts'
import type { RegistryRequest, Session } from './session.ts'

export interface BlobOptions {
  /** Default true: the stream fails at its end when the digest is another. false for callers that hash themselves. */
  readonly verify?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** Where blobs come from, and what measures how fast they do. */
export interface BlobOrigin {
  readonly session: Session
  readonly clock: Clock
}

/** How often in a row a transfer is taken up again with little progress in between. */
const mostResumes = 5
const progressWanted = 4 << 20

function invalidBlob(name: string, { code, what }: { code: string; what: string }): AppError {
  return new AppError({
    code,
    kind: 'invalid',
    publicMessage: `Blob ${name} ${what}.`,
    remedy:
      'Push the image again; if it stays, look at the storage of the registry and at proxies in between.',
  })
}

/** Where a partial answer begins (RFC 9110, 14.4); undefined when that cannot be read. */
function startOf(response: HttpResponse): number | undefined {
  const match = /^bytes (\d+)-/i.exec(response.header('content-range') ?? '')
  return match?.[1] === undefined ? undefined : Number(match[1])
}

/** The bytes from `offset`, whether the registry honours Range or begins anew. */
async function* from(response: HttpResponse, offset: number, clock: Clock): AsyncGenerator<Uint8Array> {
  let skip = response.status === 206 ? offset - (startOf(response) ?? Number.NaN) : offset
  if (!(skip >= 0)) {
    await response.discard()
    throw new AppError({
      code: 'range-invalid',
      kind: 'invalid',
      publicMessage: 'The registry answered with another part of the blob than was asked for.',
      remedy: 'Look at the storage of the registry and at proxies in between.',
    })
  }
  for await (const chunk of atLeastRate(response.stream(), { clock, host: response.url.host })) {
    if (skip < chunk.length) yield skip === 0 ? chunk : chunk.subarray(skip)
    skip = Math.max(0, skip - chunk.length)
  }
}

class Transfer {
  private readonly session: Session
  private readonly clock: Clock
  private readonly request: RegistryRequest
  private readonly size: number
  private readonly name: string
  private offset = 0
  private resumes = 0
  private offsetAtResume = 0

  constructor(
    { session, clock }: BlobOrigin,
    request: RegistryRequest,
    descriptor: BlobDescriptor,
    name: string,
  ) {
    this.session = session
    this.clock = clock
    this.request = request
    this.size = descriptor.size
    this.name = name
  }

  start(): Promise<HttpResponse> {
    return this.session.send(this.request)
  }

  /** All bytes, taking the transfer up again where it breaks; ends at exactly the stated size. */
  async *bytes(first: HttpResponse): AsyncGenerator<Uint8Array> {
    let response: HttpResponse | undefined = first
    for (;;) {
      let fault: AppError | undefined
      try {
        response ??= await this.resume()
        for await (const chunk of from(response, this.offset, this.clock)) {
          this.offset += chunk.length
          if (this.offset > this.size)
            throw invalidBlob(this.name, {
              code: 'blob-too-large',
              what: `is larger than the ${this.size} bytes that are stated`,
            })
          yield chunk
        }
      } catch (error) {
        fault = toAppError(error)
        if (!isRetryable(fault)) throw fault
      }
      // Broken off behind the last byte or not: what is there is all, and its digest decides.
      if (this.offset === this.size) return
      response = undefined
      this.count(fault)
    }
  }

  private count(fault: AppError | undefined): void {
    if (this.offset - this.offsetAtResume >= progressWanted) this.resumes = 0
    this.offsetAtResume = this.offset
    this.resumes += 1
    if (this.resumes <= mostResumes) return
    throw fault ?? this.tooSmall()
  }

  private tooSmall(): AppError {
    return invalidBlob(this.name, {
      code: 'blob-truncated',
      what: `ends after ${this.offset} of the ${this.size} bytes that are stated`,
    })
  }

  private async resume(): Promise<HttpResponse> {
    const headers = { range: `bytes=${this.offset}-` }
    const response = await this.session.send({ ...this.request, headers }, [200, 206, 416])
    if (response.status !== 416) return response
    await response.discard()
    throw this.tooSmall()
  }
}

async function* verified(
  bytes: AsyncIterable<Uint8Array>,
  digest: string,
  name: string,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  for await (const chunk of bytes) {
    hash.update(chunk)
    yield chunk
  }
  if (digestFromHex(hash.digest('hex')) !== digest) {
    throw invalidBlob(name, {
      code: 'blob-digest-mismatch',
      what: 'has another digest than it should: it was damaged or replaced',
    })
  }
}

/**
 * `GET /v2/<name>/blobs/<digest>` as a stream. A transfer that breaks is taken up by Range where it broke, signed in
 * anew where that is needed. More or fewer bytes than stated end the stream with an error, and so does another digest.
 * Destroying the stream ends the transfer.
 *
 * @throws AppError `blob-not-found` (not-found) and what the session throws; the stream: `blob-digest-mismatch`,
 *   `blob-too-large`, `blob-truncated` (invalid), `transfer-stalled` (temporary) below 1 MiB in a minute, the network's
 */
export async function blob(
  origin: BlobOrigin,
  repository: string,
  descriptor: BlobDescriptor,
  options: BlobOptions = {},
): Promise<Readable> {
  const path = `/v2/${checkedRepository(repository)}/blobs/${checkedReference(descriptor.digest)}`
  const name = `${repository}@${descriptor.digest}`
  const stop = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal
  const request = { method: 'GET', path, target: 'blob', scope: pullScope(repository), name, signal } as const
  if (!isDigest(descriptor.digest))
    throw invalidBlob(name, { code: 'blob-digest-invalid', what: 'is not named by a sha256 digest' })
  const transfer = new Transfer(origin, request, descriptor, name)
  const bytes = transfer.bytes(await transfer.start())
  const stream = Readable.from(options.verify === false ? bytes : verified(bytes, descriptor.digest, name), {
    objectMode: false,
    highWaterMark: 1 << 20,
  })
  // Without this a reader that gives up while the registry is silent would wait for its next byte.
  stream.once('close', () => stop.abort())
  return stream
}
