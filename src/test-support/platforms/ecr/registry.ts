import type { IncomingMessage, ServerResponse } from 'node:http'
import { type EcrState, notAuthorized } from './api.ts'

/** Where a request may go, or what it is answered instead. */
export type Verdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'blob'; readonly digest: string }
  | {
      readonly kind: 'refuse'
      readonly status: number
      readonly body: string
      readonly headers: Record<string, string>
    }

const path = /^\/v2\/(.+)\/(tags|manifests|blobs)\/([^/]+)$/
const needed: Readonly<Record<string, string>> = {
  tags: 'ecr:ListImages',
  manifests: 'ecr:BatchGetImage',
  blobs: 'ecr:GetDownloadUrlForLayer',
}

function refuse(status: number, code: string, message: string): Verdict {
  const body = JSON.stringify({ errors: [{ code, message }] })
  return { kind: 'refuse', status, body, headers: { 'content-type': 'application/json; charset=utf-8' } }
}

function notSignedIn(host: string): Verdict {
  const challenge = `Basic realm="https://${host}/",service="ecr.amazonaws.com"`
  return { kind: 'refuse', status: 401, body: 'Not Authorized\n', headers: { 'www-authenticate': challenge } }
}

/** Name and password are those of a token; one that has ended is refused by 403. */
function signIn(state: EcrState, header: string | undefined): string | Verdict {
  const [user, ...rest] = Buffer.from((header ?? '').replace(/^Basic /i, ''), 'base64')
    .toString('utf8')
    .split(':')
  const password = user === 'AWS' ? state.passwords.get(rest.join(':')) : undefined
  if (password === undefined) return notSignedIn(state.registryHost)
  if (password.endsAt > state.now()) return password.keyId
  return refuse(403, 'DENIED', 'Your authorization token has expired. Reauthenticate and try again.')
}

function refusalOf(
  state: EcrState,
  request: { readonly repository: string; readonly kind: string; readonly pageSize: string | null },
): Verdict | undefined {
  const { repository, kind, pageSize } = request
  if (!state.content.has(repository)) {
    const text = `The repository with name '${repository}' does not exist in the registry with id '${state.accountId}'`
    return refuse(404, 'NAME_UNKNOWN', text)
  }
  if (kind === 'tags' && Number(pageSize) > 1000) {
    const text =
      "Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must have value less than or equal to 1000'"
    return refuse(405, 'UNSUPPORTED', text)
  }
  return undefined
}

/** What ECR does with a request of the registry protocol before it answers as any registry. */
export function judge(state: EcrState, message: IncomingMessage): Verdict {
  const keyId = signIn(state, message.headers.authorization)
  if (typeof keyId !== 'string') return keyId
  const url = new URL(message.url ?? '/', 'https://registry')
  const [, repository = '', kind = '', reference = ''] = path.exec(decodeURIComponent(url.pathname)) ?? []
  if (repository === '') return { kind: 'pass' }
  const action = needed[kind] ?? ''
  if (!state.principals.allows(keyId, action)) {
    const resource = `arn:${state.partition}:ecr:${state.region}:${state.accountId}:repository/${repository}`
    return refuse(403, 'DENIED', notAuthorized(state, keyId, action, resource))
  }
  const refusal = refusalOf(state, { repository, kind, pageSize: url.searchParams.get('n') })
  if (refusal !== undefined) return refusal
  return kind === 'blobs' && state.content.blobs.has(reference)
    ? { kind: 'blob', digest: reference }
    : { kind: 'pass' }
}

/** Cloud storage: a presigned address is the proof, and a second one is refused. Takes Range. */
export function storage(state: EcrState, message: IncomingMessage, response: ServerResponse): void {
  const url = new URL(message.url ?? '/', 'https://storage')
  const bytes = state.content.blobs.get(url.pathname.slice(1))
  if (message.headers.authorization !== undefined) {
    const text =
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter should be specified'
    response
      .writeHead(400, { 'content-type': 'application/xml' })
      .end(`<Error><Code>InvalidArgument</Code><Message>${text}</Message></Error>`)
  } else if (bytes === undefined || !url.searchParams.has('X-Amz-Signature')) response.writeHead(403).end()
  else {
    const [, from = '0'] = /^bytes=(\d+)-/.exec(message.headers.range ?? '') ?? []
    const rest = bytes.subarray(Number(from))
    const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`
    const isPart = message.headers.range !== undefined
    response.writeHead(isPart ? 206 : 200, {
      'content-length': rest.length,
      ...(isPart ? { 'content-range': range } : {}),
    })
    response.end(message.method === 'HEAD' ? undefined : rest)
  }
}
