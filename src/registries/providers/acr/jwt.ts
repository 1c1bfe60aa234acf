import type { AnswerSchema } from '../../index.ts'

/**
 * What a token says of itself. Nothing is decided by it but when to renew it and what to ask for anew, so its signature, which
 * is the registry's business, is not verified.
 *
 * @returns undefined for a token that is none of this form
 */
export function readClaims<T>(token: string, schema: AnswerSchema<T>): T | undefined {
  const payload = token.split('.')[1]
  if (payload === undefined) return undefined
  try {
    const read = schema.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')))
    return read.success ? read.data : undefined
  } catch {
    return undefined
  }
}
