/** A registry platform that asks nothing of the network: its connector is a fake registry, its check is what a test says. */
import { AppError, Secret } from '../../core/index.ts'
import type { CheckStep, RegistryProvider } from '../../registries/index.ts'
import { FakeRegistry } from './fake-registry.ts'

export interface FakePlatform extends RegistryProvider {
  readonly registries: Map<string, FakeRegistry>
  /** Settings as the connectors were opened with. */
  readonly opened: Readonly<Record<string, unknown>>[]
  steps: readonly CheckStep[]
}

const field = { kind: 'text', required: true, help: '' } as const

export function fakePlatform(id = 'fake'): FakePlatform {
  const registries = new Map<string, FakeRegistry>()
  const opened: Readonly<Record<string, unknown>>[] = []
  const platform: FakePlatform = {
    registries,
    opened,
    steps: [],
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
        { ...field, name: 'insecure', label: 'Insecure', kind: 'boolean', secret: false },
      ],
      permissions: [],
      policy: null,
      limits: [],
    },
    open(settings) {
      opened.push(settings)
      const { url, password } = settings
      if (typeof url !== 'string' || (password !== undefined && !(password instanceof Secret))) {
        const fields = { url: 'The address is missing.' }
        throw new AppError({ code: 'settings-invalid', kind: 'invalid', publicMessage: 'Not right.', fields })
      }
      const registry = registries.get(url) ?? new FakeRegistry(url)
      registries.set(url, registry)
      return {
        ...registry.connector(),
        insecure: settings['insecure'] === true,
        check: async () => platform.steps,
      }
    },
  }
  return platform
}
