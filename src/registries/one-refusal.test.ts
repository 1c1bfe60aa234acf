import { afterEach, expect, it } from 'vitest'
import { AppError, Secret } from '../core/index.ts'
import { serve } from '../test-support/http-servers.ts'
import { testHttp } from '../test-support/http.ts'
import { Cleanup, failureOf } from '../test-support/registry-client.ts'
import { stopAfterRefusal } from './one-refusal.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const authorization = new Secret('Bearer x')
const error = (code: string): AppError => new AppError({ code, kind: 'auth', publicMessage: 'No.' })

async function start() {
  const asked: string[] = []
  const server = await serve(cleanup, (request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(Number(request.url?.slice(1))).end('said')
  })
  const http = stopAfterRefusal(cleanup.keep(testHttp()), (_, { status }) => {
    if (status === 401) return { error: error('final'), final: true }
    return status === 403 ? { error: error('passing'), final: false } : undefined
  })
  const ask = async (path: string, signedIn = true): Promise<number> => {
    const url = server.url + path
    const { status, discard } = await http.request({
      method: 'GET',
      url,
      ...(signedIn ? { authorization } : {}),
    })
    await discard()
    return status
  }
  return { ask, asked }
}

it('sends nothing more once credentials were refused', async () => {
  const { ask, asked } = await start()
  expect(await ask('/200')).toBe(200)
  expect(await failureOf(ask('/401'))).toMatchObject({ code: 'final' })
  expect(await failureOf(ask('/200'))).toMatchObject({ code: 'final' })
  expect(await failureOf(ask('/200', false))).toMatchObject({ code: 'final' })
  expect(asked).toEqual(['/200', '/401'])
})

it('goes on after a refusal of one thing only', async () => {
  const { ask } = await start()
  expect(await failureOf(ask('/403'))).toMatchObject({ code: 'passing' })
  expect(await ask('/200')).toBe(200)
})

it('takes no answer to an anonymous request for a refusal: so registries ask to sign in', async () => {
  const { ask } = await start()
  expect(await ask('/401', false)).toBe(401)
  expect(await ask('/200')).toBe(200)
})
