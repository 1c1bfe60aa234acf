import { afterEach, expect, it } from 'vitest'
import { Secret } from '../core/index.ts'
import { serve } from '../test-support/http-servers.ts'
import { testHttp } from '../test-support/http.ts'
import { Cleanup } from '../test-support/registry-client.ts'
import { conditionalHttp } from './conditional-http.ts'
import type { RememberedAnswer } from './ports.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

interface Content {
  text: string
  etag?: string
  headers?: Readonly<Record<string, string>>
  /** Sent with a 304. */
  unchanged?: Readonly<Record<string, string>>
  /** Says "not modified" whatever it is asked. */
  stubborn?: number
}

/** A server that honours ETags, and what it was asked: `200`, `304` or whatever it answered. */
async function start(content: Content) {
  const answered: number[] = []
  const server = await serve(cleanup, (request, response) => {
    const { text, etag = `W/"${text}"`, headers, unchanged = { etag } } = content
    const isStubborn = (content.stubborn ?? 0) > 0
    content.stubborn = (content.stubborn ?? 0) - 1
    if (request.url === '/elsewhere') {
      response.writeHead(302, { location: '/' }).end()
    } else if (isStubborn || request.headers['if-none-match'] === etag) {
      answered.push(304)
      response.writeHead(304, unchanged).end()
    } else {
      answered.push(200)
      response.writeHead(200, { etag, 'content-type': 'text/plain', link: `<${text}>`, ...headers }).end(text)
    }
  })
  return { answered, url: server.url }
}

const open = (memory?: Map<string, RememberedAnswer>) =>
  conditionalHttp(cleanup.keep(testHttp()), memory, (url) => url.pathname !== '/not-covered')

async function get(http: ReturnType<typeof open>, url: string, token = 'one') {
  const authorization = new Secret(`Bearer ${token}`)
  const response = await http.request({ method: 'GET', url, authorization })
  const text = Buffer.from(await response.bytes(100_000)).toString('utf8')
  return { status: response.status, text, header: (name: string) => response.header(name) }
}

it('gives what it remembers where nothing has changed, in a later client too', async () => {
  const content: Content = { text: 'as it was' }
  const { url, answered } = await start(content)
  const memory = new Map<string, RememberedAnswer>()
  for (const expected of [200, 304, 304]) {
    const answer = await get(open(memory), url)
    expect(answer).toMatchObject({ status: 200, text: 'as it was' })
    expect(answer.header('content-type')).toBe('text/plain')
    expect(answer.header('link')).toBe('<as it was>')
    expect(answered.at(-1)).toBe(expected)
  }
  content.text = 'changed'
  expect(await get(open(memory), url)).toMatchObject({ text: 'changed' })
  expect(await get(open(memory), url)).toMatchObject({ text: 'changed' })
  expect(answered).toEqual([200, 304, 304, 200, 304])
})

it('takes headers that a 304 has from there', async () => {
  const { url } = await start({
    text: 'a',
    unchanged: { link: '<new>', 'x-left': '7', 'content-type': 'x/y' },
  })
  const memory = new Map<string, RememberedAnswer>()
  await get(open(memory), url)
  const answer = await get(open(memory), url)
  expect([answer.header('link'), answer.header('x-left')]).toEqual(['<new>', '7'])
  expect(answer.header('content-type')).toBe('text/plain')
})

it('finds nothing with other credentials, other headers, or at another address', async () => {
  const { url, answered } = await start({ text: 'a' })
  const memory = new Map<string, RememberedAnswer>()
  await get(open(memory), url)
  await get(open(memory), url, 'two')
  await get(open(memory), `${url}/?page=2`)
  await (await open(memory).request({ method: 'GET', url })).discard()
  await (await open(memory).request({ method: 'GET', url, headers: { accept: 'a/b' } })).discard()
  expect(answered).toEqual([200, 200, 200, 200, 200])
  expect(JSON.stringify([...memory])).not.toMatch(/one|two|page=2/)
})

it('asks anew where a 304 is of something else, or of nothing that it asked for', async () => {
  const content: Content = { text: 'a', unchanged: { etag: '"other"' } }
  const { url, answered } = await start(content)
  const memory = new Map<string, RememberedAnswer>()
  await get(open(memory), url)
  expect(await get(open(memory), url)).toMatchObject({ status: 200, text: 'a' })
  expect(answered).toEqual([200, 304, 200])
  content.stubborn = 1
  expect(await get(open(), url)).toMatchObject({ status: 304 })
  content.stubborn = 1
  expect(await get(open(new Map()), url)).toMatchObject({ status: 200, text: 'a' })
})

it('takes a strong tag and a weak one of the same text for the same, and a 304 without one for an answer', async () => {
  for (const unchanged of [{ etag: '"a"' }, {}]) {
    const { url, answered } = await start({ text: 'a', unchanged })
    const memory = new Map<string, RememberedAnswer>()
    await get(open(memory), url)
    expect(await get(open(memory), url)).toMatchObject({ status: 200, text: 'a' })
    expect(answered).toEqual([200, 304])
  }
})

it('remembers nothing that may not be kept, is not covered, was redirected, or was not read', async () => {
  const { url } = await start({ text: 'a', headers: { 'cache-control': 'private, no-store' } })
  const open2 = await start({ text: 'a' })
  const long = await start({ text: 'a', etag: `"${'x'.repeat(600)}"` })
  const memory = new Map<string, RememberedAnswer>()
  await get(open(memory), url)
  await get(open(memory), long.url)
  await get(open(memory), `${open2.url}/not-covered`)
  await get(open(memory), `${open2.url}/elsewhere`)
  await (await open(memory).request({ method: 'GET', url: open2.url })).discard()
  await (await open(memory).request({ method: 'HEAD', url: open2.url })).discard()
  expect(memory.size).toBe(0)
})
