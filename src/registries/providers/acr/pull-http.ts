import type { HttpClient, HttpRequest } from '../../../platform/http/index.ts'
import { roleMissing, tokenRefused } from './explain.ts'
import { lackedScope } from './lacking-token.ts'
import { mostUseless } from './tokens.ts'

function refreshTokenIn({ method, url, body }: HttpRequest): string | undefined {
  if (method !== 'POST' || new URL(url).pathname !== '/oauth2/token') return undefined
  return new URLSearchParams(body?.reveal() ?? '').get('refresh_token') ?? undefined
}

/**
 * For pulling: the registry answers 401 where the lasting token has ended, and where it is good but may not pull that repository. A
 * 401 to a renewed token is the latter, a missing permission, which must not end the pulling of other repositories.
 *
 * @param host the login server
 */
export function pullHttp(http: HttpClient, host: string): HttpClient {
  let refused: string | undefined
  /** Renewed, and refused all the same: good, until it is found to open something and then no more. */
  let judged: string | undefined
  let useless = 0

  function accept(token: string): void {
    if (refused !== undefined && token !== refused) useless = 0
    if (token !== refused) refused = undefined
    if (token === judged) judged = undefined
  }

  /** Whether a refusal is about the repository, not about the token. */
  function isAboutRepository(token: string): boolean {
    if (token === judged || useless >= mostUseless) return true
    if (refused === undefined || token === refused) {
      refused = token
      return false
    }
    useless += 1
    judged = token
    refused = undefined
    return true
  }

  return {
    async request(request) {
      const response = await http.request(request)
      const token = refreshTokenIn(request)
      if (token === undefined) {
        const scope = response.status === 401 ? lackedScope(request) : undefined
        if (scope === undefined) return response
        await response.discard()
        throw roleMissing(host)(scope, ['pull'])
      }
      if (response.status === 200) accept(token)
      if (response.status !== 401 || !isAboutRepository(token)) return response
      await response.discard()
      throw tokenRefused(host)
    },
    close: () => http.close(),
  }
}
