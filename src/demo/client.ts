import { type RouteInput, type RouteName, type RouteResponse, routes } from '../contract/index.ts'

export interface Client {
  call<K extends RouteName>(name: K, input?: RouteInput<K>): Promise<RouteResponse<K>>
}

interface Parts {
  readonly params?: Readonly<Record<string, unknown>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
}

/** Calls a server's API with a token, typed from the table of routes. */
export function createClient(address: string, token: string): Client {
  return {
    async call(name, input) {
      const route = routes[name]
      const { params = {}, query = {}, body } = (input ?? {}) as Parts
      const path = route.path.replace(/:(\w+)/g, (_, part: string) =>
        encodeURIComponent(String(params[part])),
      )
      const url = new URL(`/api/v1${path}`, address)
      for (const [key, value] of Object.entries(query)) url.searchParams.set(key, String(value))
      const response = await fetch(url, {
        method: route.method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${name}: ${response.status} ${text}`)
      return (text === '' ? undefined : JSON.parse(text)) as never
    },
  }
}
