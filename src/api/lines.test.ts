import { describe, expect, it } from 'vitest'
import { LINES_TYPE } from '../contract/index.ts'
import { AppError } from '../core/index.ts'
import { ADMIN_TOKEN, openTestApi } from '../test-support/api/index.ts'

const step = (id: string) => ({ id, state: 'passed', message: `${id} works`, remedy: null, code: null })
const result = { ok: true, steps: [step('network'), step('tls')], error: null }

type Tell = (step: unknown) => void
type Check = (orgId: string, input: unknown, tell: Tell) => Promise<unknown>

/** The answer to a check of settings, as it comes. */
async function checked(
  check: Check,
  { accept = LINES_TYPE, body = {} }: { accept?: string; body?: object } = {},
) {
  await using api = await openTestApi({ 'connections.checkSettings': check })
  const answer = await api.app.inject({
    method: 'POST',
    url: '/api/v1/registry-connections/check',
    headers: { authorization: ADMIN_TOKEN, accept },
    payload: { platform: 'oci', settings: {}, ...body },
  })
  const { errors, calls } = api
  const type = answer.headers['content-type']
  const lines = answer.body.split('\n').filter((line) => line !== '')
  return { answer, type, lines: lines.map((line) => JSON.parse(line) as unknown), errors, calls }
}

const whole: Check = async (_org, _input, tell) => {
  for (const each of result.steps) tell({ ...each, secret: 'not in the schema' })
  return { ...result, secret: 'not in the schema' }
}

const denied = new AppError({ code: 'insecure-not-allowed', kind: 'denied', publicMessage: 'Not allowed.' })

describe('a route that tells of its work while it lasts', () => {
  it('sends each step in a line, then the answer, with nothing but what the schemas list', async () => {
    const { answer, type, lines, calls } = await checked(whole)
    expect(answer.statusCode).toBe(200)
    expect(type).toBe(LINES_TYPE)
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
    expect(lines).toEqual([{ progress: step('network') }, { progress: step('tls') }, { answer: result }])
    expect(calls.map(({ service, method }) => `${service}.${method}`)).toContain('audit.append')
  })

  it('sends them as they come, before there is an answer', async () => {
    await using api = await openTestApi({
      'connections.checkSettings': (_org: string, _input: unknown, tell: Tell) => {
        tell(step('network'))
        return new Promise(() => {})
      },
    })
    const url = await api.app.listen({ port: 0, host: '127.0.0.1' })
    const answer = await fetch(`${url}/api/v1/registry-connections/check`, {
      method: 'POST',
      headers: { authorization: ADMIN_TOKEN, accept: LINES_TYPE, 'content-type': 'application/json' },
      body: JSON.stringify({ platform: 'oci', settings: {} }),
    })
    const { value } = (await answer.body?.pipeThrough(new TextDecoderStream()).getReader().read()) ?? {}
    expect(JSON.parse(value ?? '')).toEqual({ progress: step('network') })
  })

  it('answers in one piece whoever does not ask for lines', async () => {
    const { type, lines } = await checked(whole, { accept: 'application/json' })
    expect(type).toMatch('application/json')
    expect(lines).toEqual([result])
  })

  it('answers in one piece where there is nothing to tell', async () => {
    const { type, lines } = await checked(async () => result)
    expect(type).toMatch('application/json')
    expect(lines).toEqual([result])
  })

  it('a failure before the first step is an answer as any other', async () => {
    const { answer, type, lines } = await checked(() => Promise.reject(denied))
    expect([answer.statusCode, type]).toEqual([403, 'application/problem+json'])
    expect(lines).toMatchObject([{ code: 'insecure-not-allowed' }])
    expect((await checked(whole, { body: { platform: 7 } })).answer.statusCode).toBe(400)
  })

  it('a failure after it is the last line; one that is our fault is logged, and not told', async () => {
    const failing = (error: Error): Check => {
      return (_org, _input, tell) => {
        tell(step('network'))
        return Promise.reject(error)
      }
    }
    const { lines } = await checked(failing(denied))
    expect(lines).toMatchObject([
      { progress: {} },
      { problem: { status: 403, code: 'insecure-not-allowed' } },
    ])
    const ours = await checked(failing(new Error('at /srv/secret')))
    expect(ours.lines).toMatchObject([{}, { problem: { status: 500 } }])
    expect(JSON.stringify(ours.lines)).not.toContain('/srv/secret')
    expect(ours.errors).toHaveLength(1)
  })
})
