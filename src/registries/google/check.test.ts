import { afterEach, describe, expect, it } from 'vitest'
import { buildImage } from '../../test-support/image-builder/index.ts'
import { connect } from '../../test-support/platforms/google/connect.ts'
import {
  type GoogleWorld,
  type GoogleWorldOptions,
  startGarWorld,
} from '../../test-support/platforms/google/index.ts'
import { Cleanup, everything, failureOf } from '../../test-support/registry-client.ts'
import type { CheckStep } from '../index.ts'
import { garProvider } from '../providers/gar/index.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

async function startGar(options: GoogleWorldOptions = {}): Promise<GoogleWorld> {
  return cleanup.keep(await startGarWorld(options))
}

const project = 'acme-prod-1234'
const image = (text: string) => buildImage({ layers: [{ files: { text } }] })
const day = (number: number): number => Date.UTC(2026, 0, number)

const failedStep = (steps: readonly CheckStep[]) => steps.find(({ state }) => state === 'failed')

describe('what is wrong', () => {
  async function failedCheck(account: string, arrange: (world: GoogleWorld) => void = () => undefined) {
    const world = await startGar({ region: 'us' })
    world.push(`${project}/web/api`, '1', image('a'), day(1))
    arrange(world)
    const steps = await connect(cleanup, garProvider, world, { settings: world.settingsOf(account) }).check()
    return { steps, step: failedStep(steps), world }
  }

  it('names the permission that is missing to list, and the account', async () => {
    const { step, world } = await failedCheck('stranger')
    expect(step).toMatchObject({ id: 'list', code: 'permission-missing' })
    expect(step?.message).toContain('artifactregistry.repositories.list')
    expect(step?.message).toContain('PERMISSION_DENIED')
    expect(step?.remedy).toContain(`Grant ${world.accounts.email('stranger')}`)
    expect(step?.remedy).toContain('roles/artifactregistry.reader')
  })

  it('names the permission that is missing to pull', async () => {
    const { step, steps } = await failedCheck('lister')
    expect(steps.find(({ id }) => id === 'list')?.state).toBe('passed')
    expect(step).toMatchObject({ id: 'pull', code: 'permission-missing' })
    expect(step?.remedy).toBeTruthy()
  })

  it('points out rights that nobody needs', async () => {
    const { steps } = await failedCheck('owner')
    const signIn = steps.find(({ id }) => id === 'sign-in')
    expect(signIn).toMatchObject({ state: 'warning' })
    expect(signIn?.message).toContain('artifactregistry.repositories.uploadArtifacts')
  })

  it('says that the API is not enabled, and how to enable it', async () => {
    const { step } = await failedCheck('reader', (world) => {
      world.api.disabled = true
    })
    expect(step).toMatchObject({ id: 'list', code: 'api-disabled' })
    expect(step?.remedy).toContain(
      `gcloud services enable artifactregistry.googleapis.com --project=${project}`,
    )
  })

  it('says that the region is none', async () => {
    const world = await startGar()
    const steps = await connect(cleanup, garProvider, world, {
      settings: { ...world.settings, region: 'mars-east1' },
    }).check()
    expect(failedStep(steps)).toMatchObject({ id: 'list', code: 'platform-not-found' })
  })

  const status = (code: number, state: string, message: string, details: object[] = []) => ({
    status: code,
    body: JSON.stringify({ error: { code, status: state, message, details } }),
  })
  const info = (reason: string, metadata: object = {}) => ({
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason,
    domain: 'googleapis.com',
    metadata,
  })
  const retryInfo = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '600s' }

  it.each([
    [
      'a project that is not there',
      status(403, 'PERMISSION_DENIED', 'x', [info('CONSUMER_INVALID')]),
      'platform-not-found',
    ],
    [
      'a service perimeter',
      status(
        403,
        'PERMISSION_DENIED',
        "Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: x",
        [info('SECURITY_POLICY_VIOLATED')],
      ),
      'permission-missing',
    ],
    ['an exhausted quota', status(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded'), 'registry-rate-limited'],
    [
      'an exhausted quota said by 403',
      status(403, 'PERMISSION_DENIED', 'x', [info('RATE_LIMIT_EXCEEDED'), retryInfo]),
      'registry-rate-limited',
    ],
    [
      'a damaged refusal',
      { status: 403, body: '{"error":{"details":[1,{"metadata":7}]' },
      'permission-missing',
    ],
    [
      'hostile details',
      status(403, 'x'.repeat(9999), 'y'.repeat(99_999), [info('<script>', { permission: '<script>' })]),
      'permission-missing',
    ],
  ])('knows %s', async (_, answer, code) => {
    const world = await startGar({ region: 'us' })
    world.internet.intercept = ({ url }) => (url.hostname.startsWith('artifactregistry') ? answer : undefined)
    const failure = await failureOf(everything(connect(cleanup, garProvider, world).repositories()))
    expect(failure.code).toBe(code)
    expect(failure.publicMessage.length).toBeLessThan(1000)
    expect(failure.publicMessage).not.toContain('permission <script>')
    if (answer.body.includes('SECURITY_POLICY')) expect(failure.publicMessage).toContain('perimeter')
    if (answer.body.includes('600s')) expect(failure.retryAt).toBeGreaterThan(Date.now() + 500_000)
  })
})
