import type { Dispatcher } from 'undici'
import { AppError } from '../../core/index.ts'
import { type Attempt, networkError } from './errors.ts'
import type { HttpResponse } from './ports.ts'

/** An answer that must be in memory whole has this long, however steadily it drips. */
const wholeBodyDeadline = 120_000

function tooLarge(url: URL, limit: number): AppError {
  return new AppError({
    code: 'response-too-large',
    kind: 'invalid',
    publicMessage: `${url.host} sent an answer of more than ${limit.toLocaleString('en')} bytes where less was expected.`,
    remedy: 'Check that the address is that of a registry.',
  })
}

export function toResponse(raw: Dispatcher.ResponseData, attempt: Attempt): HttpResponse {
  const { body } = raw
  // Whoever destroys the body sees the reason; without a listener it would end the process.
  body.on('error', () => {})

  const headerValues = (name: string): readonly string[] => {
    const value = raw.headers[name]
    return value === undefined ? [] : Array.isArray(value) ? value : [value]
  }

  async function* stream(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of body) yield chunk as Uint8Array
    } catch (error) {
      throw networkError(error, attempt)
    }
  }

  async function bytes(limit: number): Promise<Uint8Array> {
    const chunks: Uint8Array[] = []
    let length = 0
    const late = Object.assign(new Error('body too slow'), { code: 'UND_ERR_BODY_TIMEOUT' })
    const timer = setTimeout(() => body.destroy(late), wholeBodyDeadline)
    try {
      for await (const chunk of stream()) {
        length += chunk.length
        if (length > limit) throw tooLarge(attempt.url, limit)
        chunks.push(chunk)
      }
    } finally {
      clearTimeout(timer)
    }
    return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length)
  }

  /** Reading a little that is left keeps the connection; a long or a slow rest is cut off. */
  async function discard(): Promise<void> {
    const timer = setTimeout(() => body.destroy(), attempt.timeouts.rest)
    try {
      await body.dump({ limit: 65_536 })
    } catch {
      // Nobody wants it.
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    status: raw.statusCode,
    url: attempt.url,
    header: (name) => {
      const values = headerValues(name)
      return values.length === 0 ? undefined : values.join(', ')
    },
    headerValues,
    bytes,
    stream,
    discard,
  }
}
