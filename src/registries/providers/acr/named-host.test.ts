import { expect, it } from 'vitest'
import { AppError, Secret } from '../../../core/index.ts'
import type { HttpClient } from '../../../platform/http/index.ts'
import { testHttp } from '../../../test-support/http.ts'
import { failureOf } from '../../../test-support/registry-client.ts'
import { namedHost } from './named-host.ts'
import { readSettings } from './schema.ts'

const settings = readSettings(
  {
    registryName: 'nosuchregistry',
    cloud: 'usgov',
    clientId: '11111111-aaaa-4aaa-8aaa-111111111111',
    clientSecret: new Secret('x'),
    tenantId: 'contoso.example',
  },
  false,
)

it('takes a login server that is not found for a wrong name or a wrong cloud', async () => {
  const http = namedHost(testHttp(), settings)
  const failure = await failureOf(http.request({ method: 'GET', url: `https://${settings.host}/v2/` }))
  expect(failure).toMatchObject({ code: 'host-not-found', kind: 'temporary' })
  expect(failure.publicMessage).toMatch(/nosuchregistry\.azurecr\.us.*Azure US Government/)
  expect(failure.remedy).toMatch(/Registry Name and Cloud/)
  await http.close()
})

it('leaves other failures, and other hosts, as they are', async () => {
  const other = new AppError({ code: 'connection-refused', kind: 'temporary', publicMessage: 'No.' })
  const broken: HttpClient = { request: () => Promise.reject(other), close: () => Promise.resolve() }
  const request = { method: 'GET', url: `https://${settings.host}/v2/` } as const
  expect(await failureOf(namedHost(broken, settings).request(request))).toBe(other)
  const elsewhere = namedHost(testHttp(), settings)
  const failure = await failureOf(elsewhere.request({ ...request, url: 'https://login.example/' }))
  expect(failure.remedy).not.toMatch(/Cloud/)
  await elsewhere.close()
})
