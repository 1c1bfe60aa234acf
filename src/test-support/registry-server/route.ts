import type { IncomingMessage } from 'node:http'
import type { ServerRequest, Target } from './answer.ts'

const routes: readonly (readonly [RegExp, Target])[] = [
  [/^\/v2\/$/, 'ping'],
  [/^\/v2\/_catalog$/, 'catalog'],
  [/^\/v2\/(?<repository>.+)\/tags\/list$/, 'tags'],
  [/^\/v2\/(?<repository>.+)\/manifests\/(?<reference>[^/]+)$/, 'manifest'],
  [/^\/v2\/(?<repository>.+)\/blobs\/uploads\/(?<reference>[^/]*)$/, 'upload'],
  [/^\/v2\/(?<repository>.+)\/blobs\/(?<reference>[^/]+)$/, 'blob'],
  [/^\/token$/, 'token'],
  [/^\/storage\/(?<reference>[^/]+)$/, 'storage'],
]

export function takeApart(message: IncomingMessage, body: Uint8Array): ServerRequest {
  const url = new URL(message.url ?? '/', 'http://registry')
  const path = decodeURIComponent(url.pathname)
  const common = {
    method: message.method ?? 'GET',
    path,
    query: url.searchParams,
    headers: message.headers,
    body,
  }
  for (const [pattern, target] of routes) {
    const match = pattern.exec(path)
    if (!match) continue
    const { repository = '', reference = '' } = match.groups ?? {}
    return { ...common, target, repository, reference }
  }
  return { ...common, target: 'other', repository: '', reference: '' }
}
