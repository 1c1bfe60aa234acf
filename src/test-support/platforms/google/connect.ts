import { systemClock } from '../../../core/index.ts'
import type { RegistryConnector, RegistryEnvironment, RegistryProvider } from '../../../registries/index.ts'
import type { Cleanup } from '../../registry-client.ts'
import type { GoogleWorld } from './index.ts'

/** A connector of a faked project until the end of the test, with other settings or surroundings where they are given. */
export function connect(
  cleanup: Cleanup,
  provider: RegistryProvider,
  world: GoogleWorld,
  {
    settings = world.settings,
    ...more
  }: Partial<RegistryEnvironment> & { readonly settings?: Readonly<Record<string, unknown>> } = {},
): RegistryConnector {
  const environment = { http: world.internet.http, clock: systemClock, ...more }
  return cleanup.keep(provider.open(settings, environment))
}
