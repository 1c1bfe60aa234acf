import type { AppError } from '../core/index.ts'
import type { HttpClient, HttpRequest, HttpResponse } from '../platform/http/index.ts'

/** What an answer to a signed-in request says of the credentials. */
export interface SignInVerdict {
  readonly error: AppError
  /** Whether nothing may be sent with these credentials any more; else only this request failed. */
  readonly final: boolean
}

/**
 * A client that sends nothing more once its credentials were refused, at whichever of a platform's hosts that was: repeated
 * failures lock accounts and ban addresses.
 *
 * @param judge looks at an answer; undefined lets it pass, unread. The body of one that does not pass may be read for its words
 */
export function stopAfterRefusal(
  http: HttpClient,
  judge: (
    request: HttpRequest,
    response: HttpResponse,
  ) => SignInVerdict | undefined | Promise<SignInVerdict | undefined>,
): HttpClient {
  let refusal: AppError | undefined
  return {
    async request(request) {
      if (refusal !== undefined) throw refusal
      const response = await http.request(request)
      const carries = request.authorization !== undefined || request.body !== undefined
      const verdict = carries ? await judge(request, response) : undefined
      if (verdict === undefined) return response
      if (verdict.final) refusal = verdict.error
      await response.discard()
      throw verdict.error
    },
    close: () => http.close(),
  }
}
