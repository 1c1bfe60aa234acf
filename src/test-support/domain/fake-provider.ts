/** A registry platform that asks nothing of the network: its connector is a fake registry, its check is what a test says. */
import { AppError, Secret } from '../../core/index.ts'
import {
  type CheckStep,
  type RegistryEnvironment,
  type RegistryProvider,
  transportFields,
} from '../../registries/index.ts'
import { FakeRegistry } from './fake-registry.ts'

export interface FakePlatform extends RegistryProvider {
  readonly registries: Map<string, FakeRegistry>
  /** Settings as the connectors were opened with. */
  readonly opened: Readonly<Record<string, unknown>>[]
  /** Surroundings, one for each of `opened`. */
  readonly environments: RegistryEnvironment[]
  steps: readonly CheckStep[]
  /** Asked before the steps are given; a throw is the check's. */
  onCheck: (signal?: AbortSignal) => Promise<void>
}

const field = { kind: 'text', required: true, help: '' } as const

export function fakePlatform(id = 'fake'): FakePlatform {
  const registries = new Map<string, FakeRegistry>()
  const opened: Readonly<Record<string, unknown>>[] = []
  const environments: RegistryEnvironment[] = []
  const platform: FakePlatform = {
    registries,
    opened,
    environments,
    steps: [],
    onCheck: async () => undefined,
    notifications: null,
    description: {
      id,
      label: 'Fake registry',
      summary: '',
      docs: '',
      fields: [
        { ...field, name: 'url', label: 'URL', secret: false },
        { ...field, name: 'username', label: 'Username', secret: false },
        { ...field, name: 'password', label: 'Password', kind: 'password', secret: true },
        {
          ...field,
          name: 'tokenHost',
          label: 'Token host',
          secret: false,
          required: false,
          guardsSecrets: true,
        },
        { ...field, name: 'insecure', label: 'Insecure', kind: 'boolean', secret: false, needs: 'insecure' },
        {
          ...field,
          name: 'account',
          label: 'Account',
          kind: 'textarea',
          secret: true,
          required: false,
          orAmbient: true,
          help: 'Of the cloud.',
        },
        ...transportFields,
      ],
      permissions: [],
      policy: null,
      limits: [{ bucket: 'api', requests: 2, seconds: 60, source: '' }],
    },
    open(settings, environment) {
      opened.push(settings)
      environments.push(environment)
      const { url, password } = settings
      if (typeof url !== 'string' || (password !== undefined && !(password instanceof Secret))) {
        const fields = { url: 'The address is missing.' }
        throw new AppError({ code: 'settings-invalid', kind: 'invalid', publicMessage: 'Not right.', fields })
      }
      const registry = registries.get(url) ?? new FakeRegistry(url)
      registries.set(url, registry)
      return {
        ...registry.connector(),
        insecure: settings['insecure'] === true || settings['skipTlsVerification'] === true,
        check: async ({ signal, onStep } = {}) => {
          await platform.onCheck(signal)
          for (const step of platform.steps) onStep?.(step)
          return platform.steps
        },
      }
    },
  }
  return platform
}
