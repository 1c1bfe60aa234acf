import type { ErrorKind, Reason } from '../core/index.ts'
import type { CheckStep, RegistryConnector } from '../registries/index.ts'
import type { CheckResult } from './ports.ts'

/** A check that takes longer has failed: a person waits for it. Milliseconds. */
const LONGEST = 60_000

const kinds: Readonly<Record<CheckStep['id'], ErrorKind>> = {
  network: 'temporary',
  tls: 'invalid',
  'sign-in': 'auth',
  list: 'denied',
  pull: 'denied',
}

/** Tries a connector, and says the first failure as the reason. */
export async function checkSteps(connector: RegistryConnector): Promise<CheckResult> {
  const steps = await connector.check(AbortSignal.timeout(LONGEST))
  const failed = steps.find((step) => step.state === 'failed')
  return { ok: failed === undefined, steps, error: failed === undefined ? null : reasonOfStep(failed) }
}

function reasonOfStep(step: CheckStep): Reason {
  const { id, code, message, remedy } = step
  return { code: code ?? `check-${id}-failed`, kind: kinds[id], message, remedy }
}
