import { describe, expect, it } from 'vitest'
import { AppError } from '../core/index.ts'
import { type CheckSubject, checkConnection } from './check.ts'
import type { CheckStep } from './ports.ts'

const failure = (code: string): AppError => new AppError({ code, kind: 'temporary', publicMessage: code })

function subject(parts: Partial<CheckSubject> = {}): CheckSubject {
  return {
    host: 'registry.test',
    plainHttp: false,
    verifyTls: true,
    hasCredentials: true,
    signIn: async () => ({ signedIn: true }),
    firstRepository: async () => 'acme/api',
    pull: async () => 'acme/api:1.0',
    ...parts,
  }
}

const statesOf = (steps: readonly CheckStep[]): string => steps.map(({ state }) => state).join(' ')

describe('a check', () => {
  it('tells each step as it is known, and the same in the end', async () => {
    const told: CheckStep[] = []
    const heard: string[] = []
    const note = <T>(answer: T) => {
      heard.push(told.map(({ id }) => id).join(' '))
      return answer
    }
    const steps = await checkConnection(
      subject({
        signIn: async () => note({ signedIn: true }),
        excessRights: async () => note(undefined),
        firstRepository: async () => note('acme/api'),
        pull: async () => note('acme/api:1.0'),
      }),
      { onStep: (step) => told.push(step) },
    )
    expect(heard).toEqual(['', 'network tls', 'network tls sign-in', 'network tls sign-in list'])
    expect(told).toEqual(steps)
    expect(statesOf(steps)).toBe('passed passed passed passed passed')
  })

  it.each([
    ['connection-refused', 'failed skipped skipped skipped skipped'],
    ['certificate-untrusted', 'passed failed skipped skipped skipped'],
    ['credentials-refused', 'passed passed failed skipped skipped'],
  ])('a first contact that ends with %s fails its step and skips those after it', async (code, states) => {
    const signIn = () => Promise.reject(failure(code))
    const told: CheckStep[] = []
    const steps = await checkConnection(subject({ signIn }), { onStep: (step) => told.push(step) })
    expect(statesOf(steps)).toBe(states)
    expect(told).toEqual(steps)
  })

  it.each([
    ['excessRights', 'passed passed failed skipped skipped'],
    ['firstRepository', 'passed passed passed failed skipped'],
    ['pull', 'passed passed passed passed failed'],
  ] as const)('what fails in %s is said where it belongs', async (part, states) => {
    const steps = await checkConnection(subject({ [part]: () => Promise.reject(failure('broken')) }))
    expect(statesOf(steps)).toBe(states)
  })

  it('warns of rights that nobody needs, and of a listing with something amiss', async () => {
    const caution = { message: 'Only public repositories.', remedy: 'Grant more.' }
    const steps = await checkConnection(
      subject({ excessRights: async () => 'they may also push', listCaution: async () => caution }),
    )
    expect(statesOf(steps)).toBe('passed passed warning warning passed')
    expect(steps[3]).toMatchObject(caution)
  })

  it('without a repository has nothing to pull', async () => {
    const steps = await checkConnection(subject({ firstRepository: async () => undefined }))
    expect(statesOf(steps)).toBe('passed passed passed warning skipped')
  })

  it('that is cancelled, or meets a defect of ours, has no result', async () => {
    const cancelled = new AppError({ code: 'cancelled', kind: 'cancelled', publicMessage: 'Cancelled.' })
    for (const error of [cancelled, new TypeError('ours')])
      await expect(checkConnection(subject({ pull: () => Promise.reject(error) }))).rejects.toThrow()
  })
})
