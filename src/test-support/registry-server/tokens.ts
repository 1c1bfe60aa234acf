import { type Answer, answer, errorAnswer, jsonAnswer, type ServerRequest } from './answer.ts'
import { type BearerAuth, basicUser, type TokenBook } from './auth.ts'

interface Claim {
  /** undefined: refused. */
  readonly user: string | null | undefined
  readonly scopes: readonly string[]
}

function claimOf(auth: BearerAuth, request: ServerRequest): Claim {
  if (request.method === 'GET') {
    return {
      user: basicUser(auth.users, request.headers['authorization']),
      scopes: request.query.getAll('scope'),
    }
  }
  const form = new URLSearchParams(Buffer.from(request.body).toString('utf8'))
  const isRefresh = form.get('grant_type') === 'refresh_token' && form.has('client_id') && form.has('service')
  const user = isRefresh ? auth.identityTokens?.[form.get('refresh_token') ?? ''] : undefined
  return { user, scopes: form.getAll('scope') }
}

/** The token specification's GET, and the POST of OAuth 2. */
export function handleToken(auth: BearerAuth, book: TokenBook, request: ServerRequest): Answer {
  if (request.method === 'POST' && !auth.identityTokens) return answer(405)
  const { user, scopes } = claimOf(auth, request)
  if (user === undefined) return errorAnswer(401, 'UNAUTHORIZED', 'incorrect username or password')
  const token = book.issue(
    user,
    scopes.flatMap((scope) => scope.split(' ')),
  )
  return jsonAnswer(200, {
    [auth.tokenField ?? 'token']: token,
    expires_in: book.lifetime,
    issued_at: new Date((auth.clock ?? { now: Date.now }).now()).toISOString(),
  })
}
