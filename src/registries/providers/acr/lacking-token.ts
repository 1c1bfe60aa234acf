import type { HttpRequest } from '../../../platform/http/index.ts'
import { accessToken } from './access-token.ts'

/**
 * What a refused request's own token does not allow: a token granted with less than asked is a success (Azure/acr,
 * docs/AAD-OAuth.md), and then it is the right that is missing, not the token that has ended.
 *
 * @returns as in `repository:acme/api:pull`; undefined where the token does not say, or allows it
 */
export function lackedScope({ url, authorization }: HttpRequest): string | undefined {
  const { pathname } = new URL(url)
  const repository = /^\/v2\/(.+)\/(?:manifests|blobs|referrers)\/[^/]+$/.exec(pathname)?.[1]
  const token = /^Bearer (.+)$/.exec(authorization?.reveal() ?? '')?.[1]
  if (repository === undefined || token === undefined) return undefined
  const scope = `repository:${repository}:pull`
  return accessToken(token, 0).missing(scope).length > 0 ? scope : undefined
}
