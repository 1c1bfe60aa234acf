import { describe, expect, it } from 'vitest'
import { type Route, routes } from '../contract/index.ts'
import { ADMIN_TOKEN, openTestApi } from '../test-support/api/index.ts'

type Json = Record<string, unknown>
const headers = { authorization: ADMIN_TOKEN }

async function document(): Promise<Json> {
  await using api = await openTestApi()
  const answer = await api.app.inject({ url: '/api/openapi.json', headers })
  expect(answer.statusCode).toBe(200)
  return answer.json()
}

/** Every object within a JSON value. */
function* objects(value: unknown): Generator<Json> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield value as Json
  for (const part of Object.values(value)) yield* objects(part)
}

function operations(api: Json): { path: string; method: string; operation: Json }[] {
  return Object.entries(api['paths'] as Record<string, Record<string, Json>>).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  )
}

describe('the OpenAPI document', () => {
  it('describes every route of the contract by name', async () => {
    const found = operations(await document())
    for (const [name, route] of Object.entries<Route>(routes)) {
      const path = `/api/v1${route.path.replace(/:(\w+)/g, '{$1}')}`
      const one = found.find((each) => each.path === path && each.method === route.method.toLowerCase())
      expect(one?.operation).toMatchObject({ operationId: name, summary: route.summary, tags: [route.tag] })
      expect(Object.keys(one?.operation['responses'] as Json)).toEqual([String(route.status), 'default'])
    }
  })

  it('is of version 3.1, with all that a document must have', async () => {
    const api = await document()
    expect(api['openapi']).toBe('3.1.1')
    expect(api['info']).toMatchObject({ title: 'Portolan', version: '0.0.0-test' })
    const ids = operations(api).map(({ operation }) => operation['operationId'])
    expect(new Set(ids).size).toBe(ids.length)
    for (const { path, operation } of operations(api)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const parameters = (operation['parameters'] ?? []) as Json[]
      const named = parameters.filter((each) => each['in'] === 'path')
      expect(named.map((each) => each['name'])).toEqual(inPath)
      expect(named.every((each) => each['required'] === true)).toBe(true)
      for (const each of parameters) expect(each['schema']).toBeDefined()
      for (const response of Object.values(operation['responses'] as Record<string, Json>)) {
        expect(response['description']).toEqual(expect.any(String))
      }
    }
  })

  it('refers to nothing that is not in it', async () => {
    const api = await document()
    const schemas = (api['components'] as Record<string, Json>)['schemas'] ?? {}
    const references = [...objects(api)].flatMap((each) =>
      typeof each['$ref'] === 'string' ? [each['$ref']] : [],
    )
    expect(references.length).toBeGreaterThan(30)
    for (const reference of references) {
      expect(Object.keys(schemas)).toContain(reference.replace('#/components/schemas/', ''))
    }
  })

  it('has schemas with real types', async () => {
    const types = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'])
    const api = await document()
    const schemas = (api['components'] as Record<string, Json>)['schemas']
    for (const each of objects(schemas)) {
      if (typeof each['type'] === 'string') expect(types).toContain(each['type'])
    }
    const limit = JSON.stringify(
      operations(api).find(({ operation }) => operation['operationId'] === 'listImages')?.operation,
    )
    expect(limit).toContain('"maximum":200')
  })

  it('is for known callers, as its page is', async () => {
    await using api = await openTestApi()
    for (const url of ['/api/openapi.json', '/api/docs', '/api/docs/json']) {
      expect((await api.app.inject({ url })).statusCode).toBe(401)
    }
  })
})

describe('the page of the API', () => {
  it('works under the server’s own policy: no other host, no inline script', async () => {
    await using api = await openTestApi()
    const page = await api.app.inject({ url: '/api/docs/', headers })
    expect(page.statusCode).toBe(200)
    expect(page.headers['content-security-policy']).toContain("default-src 'self'")
    const sources = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source = '']) => source)
    expect(sources.length).toBeGreaterThan(3)
    for (const source of sources) {
      expect(source).toMatch(/^(\.?\/|data:)/)
      if (source.startsWith('data:')) continue
      const url = new URL(source, 'http://localhost/api/docs/').pathname
      expect((await api.app.inject({ url, headers })).statusCode).toBe(200)
    }
    expect(page.body).not.toMatch(/<script(?![^>]*src=)[^>]*>\s*\S/)
  })
})
