import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openTestApi } from '../test-support/api/index.ts'

async function withBundle() {
  const api = await openTestApi()
  await mkdir(join(api.webRoot, 'assets'))
  await writeFile(join(api.webRoot, 'index.html'), '<title>Portolan</title>')
  await writeFile(join(api.webRoot, 'icon.svg'), '<svg/>')
  await writeFile(join(api.webRoot, 'assets', 'main-4f2a.js'), 'export {}')
  return api
}
const page = { accept: 'text/html,application/xhtml+xml' }

describe('the web pages', () => {
  it.each([
    '/',
    '/index.html',
    '/findings?digest=x',
    '/settings/registry-connections',
  ])('answer %s with the index, never cached', async (url) => {
    await using api = await withBundle()
    const answer = await api.app.inject({ url, headers: page })
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toBe('<title>Portolan</title>')
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-cache',
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
    expect(answer.headers['content-security-policy']).toContain("default-src 'self'")
  })

  it('keep for ever what carries its hash in its name', async () => {
    await using api = await withBundle()
    const asset = await api.app.inject({ url: '/assets/main-4f2a.js' })
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    const icon = await api.app.inject({ url: '/icon.svg' })
    expect(icon.headers['cache-control']).toBe('no-cache')
  })

  it.each([
    '/assets/gone.js',
    '/api/v1/gone',
    '/api/gone',
    '/health/gone',
  ])('do not pose as %s', async (url) => {
    await using api = await withBundle()
    const answer = await api.app.inject({ url, headers: page })
    expect(answer.statusCode).toBe(404)
    expect(answer.json().code).toBe('route-unknown')
  })

  it.each([
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/%00',
    '/%ff',
    '//evil.example/',
  ])('stay inside their folder: %s', async (url) => {
    await using api = await withBundle()
    const answer = await api.app.inject({ url })
    expect(answer.statusCode).toBeGreaterThanOrEqual(400)
    expect(answer.statusCode).toBeLessThan(500)
  })

  it('say how to build them where they are missing', async () => {
    await using api = await openTestApi()
    const answer = await api.app.inject({ url: '/', headers: page })
    expect(answer.statusCode).toBe(503)
    expect(answer.body).toContain('npm run build:web')
  })
})

describe('health', () => {
  it('is open to everyone', async () => {
    await using api = await openTestApi()
    expect((await api.app.inject({ url: '/health/live' })).statusCode).toBe(200)
    expect((await api.app.inject({ url: '/health/ready' })).statusCode).toBe(200)
  })

  it('says when the work cannot be done, without saying why', async () => {
    await using api = await openTestApi({}, { ready: () => Promise.reject(new Error('postgres://secret')) })
    const answer = await api.app.inject({ url: '/health/ready' })
    expect([answer.statusCode, answer.json()]).toEqual([503, { status: 'unavailable' }])
    expect((await api.app.inject({ url: '/health/live' })).statusCode).toBe(200)
  })
})
