import { linesType, table } from 'virtual:contract-routes'
import type { Line, RouteInput, RouteName, RouteProgress, RouteResponse } from '../../contract/index.ts'
import { ApiError, errorOf, unreachable } from './problem.ts'
import { answered, missed } from './reach.ts'

const addresses = table as Readonly<Record<RouteName, readonly [method: string, path: string]>>

interface AnyInput {
  readonly params?: Readonly<Record<string, string | number>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
}

function addressOf(path: string, input: AnyInput): string {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(input.params?.[name] ?? ''))
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value !== undefined && value !== '') query.set(name, String(value))
  }
  const text = query.toString()
  return `/api/v1${filled}${text === '' ? '' : `?${text}`}`
}

/** A proxy says in words of its own that the server behind it is gone. */
function isOfProxy({ status, headers }: Response): boolean {
  return status >= 502 && status <= 504 && headers.get('content-type')?.includes('json') !== true
}

async function send(address: string, init: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(address, { credentials: 'same-origin', ...init })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    missed()
    throw unreachable(error)
  }
  if (isOfProxy(response)) missed()
  else answered()
  if (!response.ok) throw await errorOf(response)
  return response
}

/**
 * Calls a route of the contract.
 *
 * @throws ApiError with the problem to show: any status that is no success, or no answer at all
 */
export async function call<K extends RouteName>(
  name: K,
  input: RouteInput<K>,
  signal?: AbortSignal,
): Promise<RouteResponse<K>> {
  const response = await ask(name, input, { signal })
  if (response.status === 204) return undefined as RouteResponse<K>
  return whole(response)
}

/**
 * The same for a route that tells of its work while it lasts.
 *
 * @throws ApiError as `call`, also when the answer breaks off
 */
export async function follow<K extends RouteName>(
  name: K,
  input: RouteInput<K>,
  onProgress: (step: RouteProgress<K>) => void,
): Promise<RouteResponse<K>> {
  const response = await ask(name, input, { accept: `${linesType}, application/json` })
  // A failure, or an answer that took no time, comes whole.
  if (response.headers.get('content-type') !== linesType) return whole(response)
  let last: Line<RouteProgress<K>, RouteResponse<K>> | undefined
  // Read to its end, so that its connection is free again.
  for await (const line of linesOf(response)) {
    last = line as Line<RouteProgress<K>, RouteResponse<K>>
    if ('progress' in last) onProgress(last.progress)
  }
  if (last !== undefined && 'problem' in last) throw new ApiError(last.problem)
  if (last === undefined || !('answer' in last)) throw unreachable(new Error('the answer broke off'))
  return last.answer
}

/** @throws ApiError where the lines break off, or are none */
async function* linesOf(response: Response): AsyncGenerator<unknown> {
  const decoder = new TextDecoder()
  let rest = ''
  try {
    const reader = response.body?.getReader()
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
      const lines = (rest + decoder.decode(read.value, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) yield JSON.parse(line) as unknown
    }
  } catch (error) {
    throw unreachable(error)
  }
}

interface Asking {
  readonly signal?: AbortSignal | undefined
  readonly accept?: string
}

function ask<K extends RouteName>(
  name: K,
  input: RouteInput<K>,
  { signal, accept }: Asking,
): Promise<Response> {
  const [method, path] = addresses[name]
  const { body } = input as AnyInput
  return send(addressOf(path, input as AnyInput), {
    method,
    headers: {
      ...(accept === undefined ? {} : { accept }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  })
}

async function whole<K extends RouteName>(response: Response): Promise<RouteResponse<K>> {
  try {
    return (await response.json()) as RouteResponse<K>
  } catch (error) {
    throw unreachable(error)
  }
}

/** Signs in by password: the answer sets the session's cookie. */
export async function signIn(email: string, password: string): Promise<void> {
  await send('/api/auth/sign-in/email', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
}

export async function signOut(): Promise<void> {
  await send('/api/auth/sign-out', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
}
