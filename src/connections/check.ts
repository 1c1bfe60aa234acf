import { AppError, type ErrorKind, type Reason } from '../core/index.ts'
import {
  CHECK_STEPS,
  type CheckOptions,
  type CheckStep,
  type RegistryConnector,
} from '../registries/index.ts'
import type { CheckResult, ConnectionWarning } from './ports.ts'

/** A check that takes longer has failed: a person waits for it. Milliseconds. */
const LONGEST = 60_000

const kinds: Readonly<Record<CheckStep['id'], ErrorKind>> = {
  network: 'temporary',
  tls: 'invalid',
  'sign-in': 'auth',
  list: 'denied',
  pull: 'denied',
}

const THROTTLED = 'registry-rate-limited'
const TOO_SLOW = 'check-timeout'

/** Of codes that say more than their step. */
const kindsOfCodes: Readonly<Record<string, ErrorKind>> = {
  [THROTTLED]: 'rate-limited',
  [TOO_SLOW]: 'temporary',
}

/** Codes that a firewall in between, or the network rules of a registry, cause. */
const firewallCodes =
  /^(connection-(broken|refused|timeout)|network-unreachable|response-timeout|transfer-stalled|check-timeout)$|firewall|blocked|network-rules/

export interface CheckStepsOptions extends Pick<CheckOptions, 'onStep'> {
  /** What a firewall must let in; named where one may be the cause. */
  readonly egressAddresses: readonly string[]
  /** Milliseconds. */
  readonly longest?: number
}

/** Tries a connector, and says the first failure as the reason. */
export async function checkSteps(
  connector: RegistryConnector,
  { egressAddresses, onStep, longest = LONGEST }: CheckStepsOptions,
): Promise<CheckResult> {
  const steps: CheckStep[] = []
  const found = (step: CheckStep): void => {
    const advised = { ...step, remedy: remedyOf(step, egressAddresses) }
    steps.push(advised)
    onStep?.(advised)
  }
  const timeout = AbortSignal.timeout(longest)
  try {
    await connector.check({ signal: timeout, onStep: found })
  } catch (error) {
    if (!timeout.aborted || !(error instanceof AppError && error.kind === 'cancelled')) throw error
    found(tooSlow(connector.host, CHECK_STEPS[steps.length] ?? 'pull', longest))
  }
  const failed = steps.find((step) => step.state === 'failed')
  return { ok: failed === undefined, steps, error: failed === undefined ? null : reasonOfStep(failed) }
}

function tooSlow(host: string, id: CheckStep['id'], longest: number): CheckStep {
  return {
    id,
    state: 'failed',
    message: `${host} did not answer all of the check within ${longest / 1000} s.`,
    remedy: 'Check the address, and any firewall or proxy in between.',
    code: TOO_SLOW,
  }
}

function remedyOf({ state, code, remedy }: CheckStep, addresses: readonly string[]): string | null {
  // Work goes on by itself; a check is over.
  if (code === THROTTLED) return 'Wait until then, and check again. The settings may be right.'
  if (state !== 'failed' || addresses.length === 0 || !firewallCodes.test(code ?? '')) return remedy
  const advice = `If a firewall guards it, let in the addresses that this server connects from: ${addresses.join(', ')}.`
  return remedy === null ? advice : `${remedy} ${advice}`
}

function reasonOfStep(step: CheckStep): Reason {
  const { id, code, message, remedy } = step
  const kind = kindsOfCodes[code ?? ''] ?? kinds[id]
  return { code: code ?? `check-${id}-failed`, kind, message, remedy }
}

/** What works and still wants a look: excess rights, an unprotected way, nothing to be seen. */
export function warningsOf(steps: readonly CheckStep[]): ConnectionWarning[] {
  return steps
    .filter(({ state }) => state === 'warning')
    .map(({ id, message, remedy }) => ({ about: id, message, remedy }))
}
