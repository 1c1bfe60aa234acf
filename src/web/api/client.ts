import { table } from 'virtual:contract-routes'
import type { RouteInput, RouteName, RouteResponse } from '../../contract/index.ts'
import { errorOf, unreachable } from './problem.ts'

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

async function send(address: string, init: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(address, { credentials: 'same-origin', ...init })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw unreachable(error)
  }
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
  const [method, path] = addresses[name]
  const { body } = input as AnyInput
  const response = await send(addressOf(path, input as AnyInput), {
    method,
    ...(signal === undefined ? {} : { signal }),
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  if (response.status === 204) return undefined as RouteResponse<K>
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
