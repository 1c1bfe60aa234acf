import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import type { z } from 'zod'
import { type Problem, type Route, type RouteName, routes } from '../../contract/index.ts'
import { FakeProblem, makeHandlers } from './handlers.ts'
import { Simulation } from './simulation.ts'
import { makeWorld, type World, type WorldOptions } from './world.ts'

/** The same rules for content as the real server sends: a page that breaks them breaks in a test. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

export interface FakeApiOptions extends WorldOptions {
  /** Folder of the built pages. */
  readonly webRoot: string
}

export interface FakeApi {
  readonly url: string
  readonly world: World
  /** Milliseconds that every answer of the API waits, or never (`Infinity`). */
  delay: number
  /** Without: the stream of events is refused, as by a proxy that knows none. */
  hasEvents: boolean
  /** Routes that fail, and with what. */
  readonly failures: Map<
    RouteName,
    Pick<Problem, 'status' | 'code' | 'detail'> & { remedy?: string; fields?: Record<string, string> }
  >
  /** Requests of the API so far, as "GET /api/v1/images?limit=100". */
  readonly requests: string[]
  /** Answers that did not fit their schema: a mistake of the fake. */
  readonly mistakes: string[]
  /** From now on it answers nothing, as a server that is gone; what is open breaks off. */
  leave(): void
  comeBack(): void
  close(): Promise<void>
}

/** The one account: any other password is wrong; after five wrong ones sign-in is paused. */
export const ACCOUNT = { email: 'ada@example.com', password: 'a fair wind' } as const
const ATTEMPTS = 5
const COOKIE = 'portolan_session=fake'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
}

const patterns = (Object.entries(routes) as [RouteName, Route][]).map(([name, route]) => ({
  name,
  route,
  pattern: new RegExp(`^/api/v1${route.path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`),
}))

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  return text === '' ? undefined : (JSON.parse(text) as unknown)
}

function parse(schema: z.ZodType | undefined, value: unknown): unknown {
  if (schema === undefined) return undefined
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const fields = Object.fromEntries(result.error.issues.map((issue) => [issue.path.join('.'), issue.message]))
  throw new FakeProblem(400, 'request-invalid', 'Some fields are not as they should be.', undefined, fields)
}

/** Starts the fake on a free port of this machine: the contract's routes, sign-in, events, and the built pages. */
export async function startFakeApi(options: FakeApiOptions): Promise<FakeApi> {
  const world = makeWorld(options)
  const streams = new Set<ServerResponse>()
  const simulation = new Simulation(world, (event) => {
    for (const stream of streams) stream.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  })
  const handlers = makeHandlers({ world, simulation })
  const timers = new Set<ReturnType<typeof setTimeout>>()
  let attempts = 0
  let isGone = false

  const signIn = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = (await bodyOf(request)) as { email?: string; password?: string }
    if (attempts >= ATTEMPTS) {
      json(
        response,
        429,
        { message: 'Too many requests. Please try again later.' },
        { 'x-retry-after': '42' },
      )
    } else if (body.email === ACCOUNT.email && body.password === ACCOUNT.password) {
      attempts = 0
      json(response, 200, { user: {} }, { 'set-cookie': `${COOKIE}; Path=/; HttpOnly; SameSite=Lax` })
    } else {
      attempts += 1
      json(response, 401, { code: 'INVALID_EMAIL_OR_PASSWORD', message: 'Invalid email or password' })
    }
  }

  const answer = async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    api.requests.push(`${request.method} ${url.pathname}${url.search}`)
    if (request.headers.cookie?.includes(COOKIE) !== true) {
      throw new FakeProblem(401, 'signed-out', 'Nobody is signed in.', 'Sign in.')
    }
    if (url.pathname === '/api/v1/events') {
      if (!api.hasEvents) throw new FakeProblem(503, 'events-off', 'There is no stream.')
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      response.write(': open\n\n')
      streams.add(response)
      response.on('close', () => streams.delete(response))
      return
    }
    const match = patterns.find(
      ({ route, pattern }) => route.method === request.method && pattern.test(url.pathname),
    )
    if (match === undefined) throw new FakeProblem(404, 'not-found', 'There is no such route.')
    const { name, route, pattern } = match
    const failure = api.failures.get(name)
    if (failure !== undefined) {
      throw new FakeProblem(failure.status, failure.code, failure.detail, failure.remedy, failure.fields)
    }
    const groups = pattern.exec(url.pathname)?.groups ?? {}
    const decoded = Object.fromEntries(
      Object.entries(groups).map(([key, value]) => [key, decodeURIComponent(value)]),
    )
    const parsed = {
      params: parse(route.params, decoded),
      query: parse(route.query, Object.fromEntries(url.searchParams)) ?? {},
      body: parse(route.body, await bodyOf(request)),
    }
    const result: unknown = (handlers[name] as (request: unknown) => unknown)(parsed)
    const checked = route.response?.safeParse(result)
    if (checked?.success === false) api.mistakes.push(`${name}: ${checked.error.message}`)
    json(response, route.status, checked?.data)
  }

  const page = async (response: ServerResponse, url: URL): Promise<void> => {
    const path = normalize(decodeURIComponent(url.pathname))
    const type = TYPES[extname(path)]
    const file = type === undefined ? 'index.html' : path
    try {
      const content = await readFile(join(options.webRoot, file))
      response.writeHead(200, {
        'content-type': type ?? TYPES['.html'] ?? '',
        'content-security-policy': CONTENT_SECURITY_POLICY,
        'x-content-type-options': 'nosniff',
      })
      response.end(content)
    } catch {
      json(response, 404, undefined)
    }
  }

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (!url.pathname.startsWith('/api/')) return page(response, url)
    if (api.delay === Number.POSITIVE_INFINITY && url.pathname !== '/api/v1/session') return
    if (api.delay > 0 && Number.isFinite(api.delay)) {
      await new Promise<void>((resolve) => timers.add(setTimeout(resolve, api.delay)))
    }
    if (url.pathname === '/api/auth/sign-in/email') return signIn(request, response)
    if (url.pathname === '/api/auth/sign-out') {
      return json(response, 200, { success: true }, { 'set-cookie': 'portolan_session=; Path=/; Max-Age=0' })
    }
    try {
      await answer(request, response, url)
    } catch (error) {
      if (!(error instanceof FakeProblem)) throw error
      const { status, code, remedy, fields } = error
      const body = {
        type: 'about:blank',
        title: titleOf(status),
        status,
        detail: error.message,
        code,
        remedy,
        fields,
      }
      json(response, status, body, { 'content-type': 'application/problem+json' })
    }
  }

  const server = createServer((request, response) => {
    if (isGone) {
      response.destroy()
      return
    }
    serve(request, response).catch((error: unknown) => {
      api.mistakes.push(String(error))
      response.destroy()
    })
  })
  const api: FakeApi = {
    url: await listen(server),
    world,
    delay: 0,
    hasEvents: true,
    failures: new Map(),
    requests: [],
    mistakes: [],
    leave: () => {
      isGone = true
      for (const stream of streams) stream.destroy()
    },
    comeBack: () => {
      isGone = false
    },
    close: async () => {
      simulation.stop()
      for (const timer of timers) clearTimeout(timer)
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return api
}

function titleOf(status: number): string {
  if (status === 404) return 'Not found'
  if (status === 409) return 'It does not fit what is there'
  return status >= 500 ? 'The server failed' : 'The request was refused'
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })
}
