import { afterEach, expect, it } from 'vitest'
import { Secret } from '../../core/index.ts'
import { testHttp } from '../../test-support/http.ts'
import { serve } from '../../test-support/http-servers.ts'
import { Cleanup } from '../../test-support/registry-client.ts'
import { grantedActions, tokenClaims } from './granted.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const jwt = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`

async function grantedBy(status: number, body: unknown) {
  const asked: string[] = []
  const server = await serve(cleanup, (request, response) => {
    asked.push(`${request.headers.authorization} ${request.url}`)
    response.writeHead(status).end(JSON.stringify(body))
  })
  const actions = await grantedActions(cleanup.keep(testHttp()), {
    realm: `${server.url}/token`,
    service: 'registry.example',
    repository: 'acme/api',
    credentials: { username: 'ann', password: new Secret('pw') },
  })
  expect(asked).toEqual([
    'Basic YW5uOnB3 /token?service=registry.example&scope=repository%3Aacme%2Fapi%3Apull%2Cpush',
  ])
  return actions
}

const access = (name: string, actions: unknown) => [{ type: 'repository', name, actions }]

it('reads what a token allows', async () => {
  expect(await grantedBy(200, { token: jwt({ access: access('acme/api', ['pull', 'push']) }) })).toEqual([
    'pull',
    'push',
  ])
  expect(
    await grantedBy(200, { access_token: jwt({ access: access('quay.io/acme/api', ['pull']) }) }),
  ).toEqual(['pull'])
  expect(await grantedBy(200, { token: jwt({ access: access('evil/acme/api', ['push']) }) })).toEqual([])
})

it('says nothing where the token does not', async () => {
  expect(await grantedBy(200, { token: 'opaque' })).toBeUndefined()
  expect(await grantedBy(200, { token: jwt({ access: 'all' }) })).toBeUndefined()
  expect(await grantedBy(200, null)).toBeUndefined()
  expect(await grantedBy(401, {})).toBeUndefined()
})

it('reads claims of anything without falling', () => {
  for (const token of [undefined, 5, '', 'a.b.c', 'a.e30', `x.${Buffer.from('[1').toString('base64url')}`])
    expect(tokenClaims(token)).toEqual({})
  expect(tokenClaims(jwt({ exp: 5 }))).toEqual({ exp: 5 })
})
