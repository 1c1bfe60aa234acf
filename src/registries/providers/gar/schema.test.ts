import { afterEach, describe, expect, it, vi } from 'vitest'
import { Secret, systemClock } from '../../../core/index.ts'
import { testHttp } from '../../../test-support/http.ts'
import { unseenSecret } from '../../index.ts'
import { garProvider } from './index.ts'

afterEach(() => vi.unstubAllEnvs())

const project = 'acme-prod-1234'

describe('the form', () => {
  const fieldsOf = (settings: object, allowAmbientCredentials = false): Readonly<Record<string, string>> => {
    try {
      garProvider.open(
        { ...settings },
        {
          http: () => {
            throw new Error('nothing is sent')
          },
          clock: systemClock,
          allowAmbientCredentials,
        },
      )
      return {}
    } catch (error) {
      return (error as { fields?: Record<string, string> }).fields ?? { error: String(error) }
    }
  }

  it.each([
    ['acme-prod-1234', undefined],
    ['example.com:web-prod', undefined],
    ['', /missing/],
    ['123456789012', /number/],
    ['Acme Prod', /not a project ID/],
    ['acme/../x', /not a project ID/],
  ])('reads the project %s', (projectId, problem) => {
    const { projectId: said } = fieldsOf({ projectId })
    if (problem === undefined) expect(said).toBeUndefined()
    else expect(said).toMatch(problem)
  })

  it('takes regions and multi-regions, no zones and no addresses', () => {
    const regionProblem = (region: string) =>
      fieldsOf({ projectId: project, region, serviceAccountJson: unseenSecret })['region']
    for (const region of ['', 'us', 'europe', 'US-central1', 'northamerica-northeast2'])
      expect(regionProblem(region)).toBeUndefined()
    for (const region of ['us-central1-a', 'us_central1', 'evil.example', 'us/..', 'x'.repeat(300)])
      expect(regionProblem(region)).toBeDefined()
  })

  it('says where it leads before a stored key is opened', async () => {
    const settings = { projectId: project, serviceAccountJson: unseenSecret }
    for (const [region, host] of [
      ['us', 'us-docker.pkg.dev'],
      ['', 'pkg.dev'],
    ] as const) {
      const connector = garProvider.open({ ...settings, region }, { http: testHttp, clock: systemClock })
      expect(connector.host).toBe(host)
      await connector.close()
    }
    expect(fieldsOf({ projectId: project, serviceAccountJson: new Secret('-') })).toHaveProperty(
      'serviceAccountJson',
    )
  })

  it("never uses the server's own identity unless that is allowed", async () => {
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '/var/run/secrets/key.json')
    vi.stubEnv('GCE_METADATA_HOST', '127.0.0.1:1')
    const empties = [
      {},
      { serviceAccountJson: '' },
      { serviceAccountJson: null },
      { serviceAccountJson: new Secret('') },
    ]
    for (const empty of empties) {
      const { serviceAccountJson } = fieldsOf({ projectId: project, ...empty })
      expect(serviceAccountJson).toMatch(/operator has not allowed/)
    }
    const field = garProvider.description.fields.find(({ name }) => name === 'serviceAccountJson')
    expect(field).toMatchObject({ orAmbient: true, secret: true, label: 'Service Account JSON' })
    expect(fieldsOf({ projectId: project }, true)).toEqual({ error: 'Error: nothing is sent' })
  })
})
