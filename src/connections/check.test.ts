import { expect, it } from 'vitest'
import { AppError } from '../core/index.ts'
import type { CheckStep, RegistryConnector } from '../registries/index.ts'
import { FakeRegistry } from '../test-support/domain/index.ts'
import { checkSteps } from './check.ts'

function connector(check: RegistryConnector['check']): RegistryConnector {
  return { ...new FakeRegistry('registry.test').connector(), check }
}

const answers: CheckStep = { id: 'network', state: 'passed', message: '', remedy: null, code: null }
const cancelled = new AppError({ code: 'cancelled', kind: 'cancelled', publicMessage: 'Cancelled.' })

it('a registry that lets a person wait for too long has failed the check', async () => {
  const never = connector(
    ({ signal, onStep } = {}) =>
      new Promise((_, reject) => {
        onStep?.(answers)
        signal?.addEventListener('abort', () => reject(cancelled))
      }),
  )
  const told: unknown[] = []
  const options = { egressAddresses: ['192.0.2.7'], longest: 5, onStep: (step: unknown) => told.push(step) }
  const result = await checkSteps(never, options)
  expect(told).toEqual(result.steps)
  expect(result).toMatchObject({
    ok: false,
    steps: [answers, { id: 'tls', state: 'failed' }],
    error: { code: 'check-timeout', kind: 'temporary', remedy: expect.stringContaining('192.0.2.7') },
  })
})

it('what was cancelled otherwise is no finding', async () => {
  const ended = connector(() => Promise.reject(cancelled))
  await expect(checkSteps(ended, { egressAddresses: [] })).rejects.toBe(cancelled)
})
