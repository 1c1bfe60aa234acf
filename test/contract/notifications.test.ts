import { createHmac } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { registryPlatforms } from '../../src/app/registry-platforms.ts'
import { AppError, isRepositoryName, isTag, Secret, systemClock } from '../../src/core/index.ts'
import type { IncomingNotification, NotifiedChange } from '../../src/registries/index.ts'
import { testHttp } from '../../src/test-support/http.ts'
import { scaled } from '../../src/test-support/scale.ts'

const secret = 'the-secret-of-this-address'
const address = 'https://portolan.example/hooks/registries/unguessable'

/** Words of the platforms' events, so that what is made up gets far. */
const members = `
  action actions account callback_url container_metadata data detail detail-type action-type digest domain
  event_data event_type events image-tag image_name mediaType message name namespace package package_type
  package_url package_version push_data reference region registry_package repo_full_name repo_name repository
  repository-name resources result secret source tag target type updated_tags __proto__ constructor toString
`
  .trim()
  .split(/\s+/)
const words = [
  'push,pushed,PUSH,PUSH_ARTIFACT,zotregistry.image.updated,published,container,docker'.split(','),
  ['aws.ecr', 'ECR Image Action', 'SUCCESS', '123456789012', 'eu-west-1', secret],
  [
    'acme/api',
    'acme',
    'v1',
    '../../etc/passwd',
    'acme/api/../..',
    'ACME/API',
    'a b',
    '\u0000',
    'x'.repeat(5000),
  ],
  ['application/vnd.oci.image.manifest.v1+json', 'ghcr.io/acme/api:v1', 'ghcr.io/acme/api:'],
].flat()
const { event: anyEvent } = fc.letrec((tie) => ({
  event: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    fc.constantFrom<unknown>(...words, null, true, 0, -1, 1e300),
    fc.dictionary(fc.constantFrom(...members), tie('event'), { maxKeys: 8 }),
    fc.array(tie('event'), { maxLength: 4 }),
  ),
}))

const settings = {
  accountId: '123456789012',
  region: 'eu-west-1',
  owner: 'acme',
  repository: 'docker',
  projectId: 'acme-prod',
}

/** With every proof that a platform may ask for, where that is known to who sets it up. */
function proven(body: Uint8Array): IncomingNotification {
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  const headers = {
    'x-portolan-secret': secret,
    authorization: `Bearer ${secret}`,
    'x-hub-signature-256': `sha256=${signature}`,
    'x-github-event': 'registry_package',
    'x-jfrog-event-auth': signature,
  }
  return { headers, body, secret: new Secret(secret), address, settings }
}

describe.each(
  registryPlatforms.map(({ description, notifications }) => [description.id, notifications] as const),
)('events of %s', (_id, notifications) => {
  if (notifications === null) return
  const { read, steps, sample, proof } = notifications
  const environment = { http: () => testHttp(), clock: systemClock }
  const told = [...steps, sample?.text ?? ''].join('\n')
  const outcome = async (event: IncomingNotification): Promise<readonly NotifiedChange[] | string> => {
    try {
      return await read(event, environment)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      expect(JSON.stringify([error.publicMessage, error.remedy])).not.toContain(secret)
      return error.code
    }
  }

  it('have an address that is told, and a proof that is explained', () => {
    expect(proof).not.toBe('')
    expect(told).toContain('{address}')
  })

  it('are names that a registry can have, or nothing, or refused in words, whatever they say', async () => {
    const runs = scaled(300, 20_000)
    await fc.assert(
      fc.asyncProperty(anyEvent, async (said) => {
        const found = await outcome(proven(Buffer.from(JSON.stringify(said) ?? '')))
        if (typeof found === 'string') expect(found).toMatch(/^notification-(refused|invalid)$/)
        else
          for (const { repository, tag } of found) {
            expect(isRepositoryName(repository.replace(/^[a-z0-9.-]+\.[a-z]+\//, ''))).toBe(true)
            expect(tag === null || isTag(tag)).toBe(true)
          }
      }),
      { numRuns: runs },
    )
  })

  it('are refused without their proof before they are read, where there is one', async () => {
    // An optional template's secret proves only what carries it.
    if (/optional/.test(told) || !/\{secret\}|audience/.test(told)) return
    for (const body of ['{}', '[]', 'null', 'not JSON', '{"events":[]}', ''])
      for (const headers of [
        {},
        { ...proven(Buffer.from('other')).headers, authorization: 'Bearer x', 'x-portolan-secret': 'x' },
      ])
        expect(await outcome({ ...proven(Buffer.from(body)), headers })).toBe('notification-refused')
  })
})
