import type { z } from 'zod'
import { safeText } from '../core/index.ts'
import { imageError } from './errors.ts'

/** Parses JSON that a registry gave. @throws AppError with `code` */
export function parseJson(bytes: Uint8Array, code: string, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw imageError(code, `${what} is not JSON.`, { cause })
  }
}

/** Gives a document its shape. @throws AppError with `code` that names the first field that does not fit */
export function parseShape<S extends z.ZodType>(
  schema: S,
  document: unknown,
  code: string,
  what: string,
): z.infer<S> {
  const result = schema.safeParse(document)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const where = issue === undefined || issue.path.length === 0 ? '' : `"${issue.path.join('.')}": `
  throw imageError(code, `${what} is not valid: ${safeText(`${where}${issue?.message ?? ''}`)}.`)
}
