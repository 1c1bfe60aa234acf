import { AppError, isAppError, toAppError } from '../core/index.ts'
import type { DistributionClient } from './distribution/client.ts'
import { CHECK_STEPS, type CheckOptions, type CheckStep } from './ports.ts'

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
  /** What is amiss though a repository was listed; undefined: nothing that shows. */
  listCaution?(): Promise<Caution | undefined>
  /** Asks for one manifest. @returns which, as in `acme/api:1.4`; undefined when there is none to try */
  pull(repository: string, signal?: AbortSignal): Promise<string | undefined>
  /** What to grant where a pull is denied, by the names of the platform; undefined: what denies it says so itself. */
  readonly pullRemedy?: string | undefined
}

/** What works and wants a look all the same. */
export interface Caution {
  readonly message: string
  readonly remedy: string
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

/** Up to the first failure. */
async function* stepsOf(subject: CheckSubject, signal?: AbortSignal): AsyncGenerator<CheckStep> {
  for await (const step of reach(subject, signal)) {
    yield step
    if (step.state === 'failed') return
  }
  const { step, repository } = await list(subject, signal)
  yield step
  if (repository !== undefined) yield await pull(subject, repository, signal)
}

async function* reach(subject: CheckSubject, signal?: AbortSignal): AsyncGenerator<CheckStep> {
  const before = [passed('network', `${subject.host} answers.`), tlsStep(subject)]
  const contact = await greet(subject, signal)
  if (contact instanceof AppError) {
    const id = blame(contact.code)
    yield* before.slice(0, CHECK_STEPS.indexOf(id))
    yield failed(id, contact)
    return
  }
  yield* before
  yield await rightsStep(subject, signInStep(subject, contact.signedIn), signal)
}

async function greet(subject: CheckSubject, signal?: AbortSignal) {
  try {
    return await subject.signIn(signal)
  } catch (thrown) {
    return known(thrown)
  }
}

/** Credentials that may do more than they need are pointed out; that they work is said all the same. */
async function rightsStep(subject: CheckSubject, step: CheckStep, signal?: AbortSignal): Promise<CheckStep> {
  try {
    const excess = step.state === 'passed' ? await subject.excessRights?.(signal) : undefined
    if (excess === undefined) return step
    return warning(
      'sign-in',
      `The credentials are accepted, and ${excess}.`,
      'Use credentials that may only read: nothing else is needed.',
    )
  } catch (thrown) {
    return failed('sign-in', known(thrown))
  }
}

/** A cancelled check has no result; a defect of ours is no finding. */
function known(thrown: unknown): AppError {
  const error = toAppError(thrown)
  if (!isAppError(thrown) || error.kind === 'cancelled') throw error
  return error
}

const NOTHING_VISIBLE: Caution = {
  message: 'Connected, but no repository is visible: the credentials may not list them, or there are none.',
  remedy: 'Grant the permission to list. If the registry is empty, push a test image and discover again.',
}

async function list(
  subject: CheckSubject,
  signal?: AbortSignal,
): Promise<{ step: CheckStep; repository?: string | undefined }> {
  try {
    const repository = await subject.firstRepository(signal)
    const caution = repository === undefined ? NOTHING_VISIBLE : await subject.listCaution?.()
    const step =
      caution === undefined
        ? passed('list', 'Repositories can be listed.')
        : warning('list', caution.message, caution.remedy)
    return { step, repository }
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
export async function checkConnection(
  subject: CheckSubject,
  { signal, onStep }: CheckOptions = {},
): Promise<CheckStep[]> {
  const steps: CheckStep[] = []
  const found = (step: CheckStep): void => {
    steps.push(step)
    onStep?.(step)
  }
  for await (const step of stepsOf(subject, signal)) found(step)
  for (const id of CHECK_STEPS.slice(steps.length)) found(skipped(id, 'Not tried.'))
  return steps
}
