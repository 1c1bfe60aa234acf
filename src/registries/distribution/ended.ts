import type { HttpResponse } from '../../platform/http/index.ts'

const largestErrorBody = 65_536
const says = /token (?:has )?expired|token is invalid/i

/**
 * Amazon ECR answers 403 to a password that has ended ("Your authorization token has expired. Reauthenticate and try again."),
 * and its public registry 400 to a token ("Your Authorization Token is invalid."; aws/containers-roadmap issue 2835). Only the body
 * tells these from a missing permission; such an answer is given back as the 401 that it stands for.
 *
 * @param askWhy sends the same request by GET, because the answer to a HEAD has no body
 */
export async function endedAsUnauthorized(
  response: HttpResponse,
  askWhy: (() => Promise<HttpResponse>) | undefined,
): Promise<HttpResponse> {
  const { status } = response
  if (askWhy !== undefined) await response.discard()
  const told = (await askWhy?.()) ?? response
  if (told.status !== status) {
    await told.discard()
    return response
  }
  const body = await told.bytes(largestErrorBody).catch(() => new Uint8Array())
  const hasEnded = says.test(Buffer.from(body).toString('utf8'))
  return {
    ...told,
    status: hasEnded ? 401 : status,
    bytes: () => Promise.resolve(body),
    discard: async () => {},
  }
}
