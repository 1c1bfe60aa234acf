import { AppError } from '../../core/index.ts'
import type { HttpResponse } from '../../platform/http/index.ts'

/** Whether a web page answers, by its type or by how it begins. */
export function isHtml(response: HttpResponse, start: string): boolean {
  return (
    /\btext\/html\b/i.test(response.header('content-type') ?? '') ||
    /^\s*<(?:!doctype|html|\?xml)/i.test(start)
  )
}

export function notARegistry(host: string): AppError {
  return new AppError({
    code: 'not-a-registry',
    kind: 'invalid',
    publicMessage: `This is not a registry API: ${host} answers as a web page does.`,
    remedy:
      'Check the address: it must be that of the registry itself, not of its web interface or of a sign-in proxy.',
  })
}

/** A JSON answer, whatever its declared type. @throws AppError `not-a-registry`, `registry-answer-invalid` (invalid) */
export async function readJson(response: HttpResponse, host: string, limit: number): Promise<unknown> {
  const text = Buffer.from(await response.bytes(limit)).toString('utf8')
  if (isHtml(response, text.slice(0, 100))) throw notARegistry(host)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw answerInvalid(host, 'something that is not JSON', cause)
  }
}

/** Throws for a web page in place of what was asked for, before its body is read. */
export async function refuseHtml(response: HttpResponse, host: string): Promise<void> {
  if (!isHtml(response, '')) return
  await response.discard()
  throw notARegistry(host)
}

export function answerInvalid(host: string, what: string, cause?: unknown): AppError {
  return new AppError({
    code: 'registry-answer-invalid',
    kind: 'invalid',
    publicMessage: `${host} answered with ${what}.`,
    remedy: 'Check that the address is that of a registry, and what proxies in between do.',
    cause,
  })
}
