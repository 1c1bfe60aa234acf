import { describe, expect, it } from 'vitest'
import { openTestApi } from '../test-support/api/index.ts'

describe('the documentation', () => {
  it('is text for everybody, of this version', async () => {
    await using api = await openTestApi()
    const answer = await api.app.inject({ url: '/docs/registries/oci.md' })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
    expect(answer.body).toMatch(/^# /)
  })

  it.each([
    '/docs/registries/none.md',
    '/docs/../package.json',
    '/docs/..%2fpackage.json',
    '/docs/%2e%2e/README.md',
    '/docs/registries',
    '/docs/',
    '/docs/images/images.png',
    '/docs/%00.md',
  ])('is nothing else: %s', async (url) => {
    await using api = await openTestApi()
    expect((await api.app.inject({ url })).statusCode).toBe(404)
  })
})
