import type { CheckResult, CheckStep } from '../../contract/index.ts'

const passed = (id: CheckStep['id'], message: string): CheckStep => ({
  id,
  state: 'passed',
  message,
  remedy: null,
  code: null,
})
const skipped = (id: CheckStep['id']): CheckStep => ({ ...passed(id, ''), state: 'skipped' })

const REFUSED = {
  code: 'credentials-refused',
  message: 'The registry refused the user name or the password (401).',
  remedy: 'Verify both in the console of the registry, then save again.',
} as const

const UNKNOWN_HOST = {
  code: 'host-unknown',
  message: 'The name of the registry is not known: nowhere.example.',
  remedy: 'Check the URL, and that this server can resolve the name.',
} as const

/** The fake's registries: `nowhere` does not exist, the secret `wrong` is refused, everything else connects. */
export function check(_platform: string, settings: Record<string, unknown>, stored = false): CheckResult {
  const texts = Object.values(settings).map(String)
  if (texts.some((text) => text.includes('nowhere'))) {
    return {
      ok: false,
      steps: [
        { id: 'network', state: 'failed', ...UNKNOWN_HOST },
        skipped('tls'),
        skipped('sign-in'),
        skipped('list'),
        skipped('pull'),
      ],
      error: UNKNOWN_HOST,
    }
  }
  const start = [passed('network', 'Answered in 12 ms.'), passed('tls', 'TLS 1.3, valid for 61 days.')]
  if (!stored && texts.includes('wrong')) {
    return {
      ok: false,
      steps: [...start, { id: 'sign-in', state: 'failed', ...REFUSED }, skipped('list'), skipped('pull')],
      error: REFUSED,
    }
  }
  return {
    ok: true,
    steps: [
      ...start,
      passed('sign-in', 'Signed in as reader.'),
      passed('list', '10 repositories.'),
      passed('pull', 'Read the manifest of shop/api.'),
    ],
    error: null,
  }
}
