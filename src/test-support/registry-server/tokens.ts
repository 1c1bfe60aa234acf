import { type Answer, answer, errorAnswer, jsonAnswer, type ServerRequest } from './answer.ts'
import { type BearerAuth, basicUser, type TokenBook } from './auth.ts'

/** `GET /token` of the token specification. */
export function handleToken(auth: BearerAuth, book: TokenBook, request: ServerRequest): Answer {
  if (request.method !== 'GET') return answer(405)
  const user = basicUser(auth.users, request.headers['authorization'])
  if (user === undefined) return errorAnswer(401, 'UNAUTHORIZED', 'incorrect username or password')
  const scopes = request.query.getAll('scope').flatMap((scope) => scope.split(' '))
  const token = book.issue(user, scopes)
  return jsonAnswer(200, {
    [auth.tokenField ?? 'token']: token,
    expires_in: book.lifetime,
    issued_at: new Date((auth.clock ?? { now: Date.now }).now()).toISOString(),
  })
}
