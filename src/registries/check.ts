import { type AppError, isAppError, toAppError } from '../core/index.ts'
import type { DistributionClient } from './distribution/client.ts'
import { CHECK_STEPS, type CheckStep } from './ports.ts'

export interface CheckSubject {
  /** `host` or `host:port`, for messages. */
  readonly host: string
  readonly plainHttp: boolean
  readonly verifyTls: boolean
  readonly hasCredentials: boolean
  /** The first contact: proves that the registry is there and takes the credentials. */
  signIn(signal?: AbortSignal): Promise<{ readonly signedIn: boolean }>
  /** What the credentials may do and nobody needs here, as in "may also push and delete"; undefined: nothing that shows. */
  excessRights?(signal?: AbortSignal): Promise<string | undefined>
  /** Any one repository that would be discovered, in as few requests as the platform allows. */
  firstRepository(signal?: AbortSignal): Promise<string | undefined>
  /** Asks for one manifest. @returns which, as in `acme/api:1.4`; undefined when there is none to try */
  pull(repository: string, signal?: AbortSignal): Promise<string | undefined>
  /** What to grant where a pull is denied, by the names of the platform; undefined: what denies it says so itself. */
  readonly pullRemedy?: string | undefined
}

/** The parts of a check that are the registry protocol's. @param client made for this check, with one attempt: a person waits */
export function distributionCheck(
  client: DistributionClient,
): Pick<CheckSubject, 'host' | 'signIn' | 'pull'> {
  return {
    host: client.host,
    signIn: (signal) => client.ping(signal),
    async pull(repository, signal) {
      for await (const { names } of client.tags(repository, { pageSize: 1, signal })) {
        const [tag] = names
        if (tag === undefined) return undefined
        await client.headManifest(repository, tag, signal)
        return `${repository}:${tag}`
      }
      return undefined
    },
  }
}

type StepId = CheckStep['id']

const tlsCodes = /^(certificate-|tls-|not-tls$)/
const signInCodes = /^(credentials-|sign-in-|realm-|token-|permission-|clock-)/

function passed(id: StepId, message: string): CheckStep {
  return { id, state: 'passed', message, remedy: null, code: null }
}

function warning(id: StepId, message: string, remedy: string): CheckStep {
  return { id, state: 'warning', message, remedy, code: null }
}

function failed(id: StepId, error: AppError): CheckStep {
  return { id, state: 'failed', message: error.publicMessage, remedy: error.remedy ?? null, code: error.code }
}

function skipped(id: StepId, message: string): CheckStep {
  return { id, state: 'skipped', message, remedy: null, code: null }
}

function tlsStep({ plainHttp, verifyTls }: CheckSubject): CheckStep {
  if (plainHttp) {
    return warning(
      'tls',
      'Plain HTTP: passwords and images are not protected on their way.',
      'Use HTTPS where you can.',
    )
  }
  if (verifyTls) return passed('tls', 'The certificate is trusted.')
  return warning(
    'tls',
    'The certificate is not verified: anyone in between can read passwords and change images.',
    'Add the CA certificate instead.',
  )
}

function signInStep(subject: CheckSubject, signedIn: boolean): CheckStep {
  if (signedIn) return passed('sign-in', 'The credentials are accepted.')
  if (!subject.hasCredentials) return passed('sign-in', 'No credentials: only what is public is seen.')
  return warning(
    'sign-in',
    'The registry did not ask for credentials, so it may not have looked at them.',
    'Nothing to do if the registry is open to everybody.',
  )
}

/** Which step a failed ping belongs to; what comes before it has worked. */
function blame(code: string): StepId {
  if (tlsCodes.test(code)) return 'tls'
  return signInCodes.test(code) ? 'sign-in' : 'network'
}

async function reach(subject: CheckSubject, signal?: AbortSignal): Promise<CheckStep[]> {
  const network = passed('network', `${subject.host} answers.`)
  try {
    const { signedIn } = await subject.signIn(signal)
    return [network, tlsStep(subject), await rightsStep(subject, signInStep(subject, signedIn), signal)]
  } catch (thrown) {
    const error = known(thrown)
    const id = blame(error.code)
    const before = [network, tlsStep(subject)].slice(0, CHECK_STEPS.indexOf(id))
    return [...before, failed(id, error)]
  }
}

/** Credentials that may do more than they need are pointed out; that they work is said all the same. */
async function rightsStep(subject: CheckSubject, step: CheckStep, signal?: AbortSignal): Promise<CheckStep> {
  const excess = step.state === 'passed' ? await subject.excessRights?.(signal) : undefined
  if (excess === undefined) return step
  return warning(
    'sign-in',
    `The credentials are accepted, and ${excess}.`,
    'Use credentials that may only read: nothing else is needed.',
  )
}

/** A cancelled check has no result; a defect of ours is no finding. */
function known(thrown: unknown): AppError {
  const error = toAppError(thrown)
  if (!isAppError(thrown) || error.kind === 'cancelled') throw error
  return error
}

async function list(
  subject: CheckSubject,
  signal?: AbortSignal,
): Promise<{ step: CheckStep; repository?: string }> {
  try {
    const repository = await subject.firstRepository(signal)
    if (repository !== undefined) return { step: passed('list', 'Repositories can be listed.'), repository }
    return {
      step: warning(
        'list',
        'Connected, but no repository is visible: the credentials may not list them, or there are none.',
        'Grant the permission to list. If the registry is empty, push a test image and discover again.',
      ),
    }
  } catch (thrown) {
    return { step: failed('list', known(thrown)) }
  }
}

async function pull(subject: CheckSubject, repository: string, signal?: AbortSignal): Promise<CheckStep> {
  try {
    const pulled = await subject.pull(repository, signal)
    if (pulled === undefined) return skipped('pull', `${repository} has no tag to try.`)
    return passed('pull', `${pulled} can be pulled.`)
  } catch (thrown) {
    const step = failed('pull', known(thrown))
    return step.code === 'permission-missing' ? { ...step, remedy: subject.pullRemedy ?? step.remedy } : step
  }
}

/**
 * Tries a connection step by step with at most one request that can be refused for its credentials; what comes after
 * a failure is skipped. Every step of `CHECK_STEPS` is in the result, in order.
 *
 * @throws AppError `cancelled` only
 */
export async function checkConnection(subject: CheckSubject, signal?: AbortSignal): Promise<CheckStep[]> {
  const steps = await reach(subject, signal)
  const isUp = steps.every((step) => step.state !== 'failed')
  if (isUp) {
    const listed = await list(subject, signal)
    steps.push(listed.step)
    if (listed.repository !== undefined) steps.push(await pull(subject, listed.repository, signal))
  }
  return CHECK_STEPS.map((id) => steps.find((step) => step.id === id) ?? skipped(id, 'Not tried.'))
}
