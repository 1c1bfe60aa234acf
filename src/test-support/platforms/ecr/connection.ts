import { systemClock } from '../../../core/index.ts'
import type { CheckStep, RegistryConnector, RegistryEnvironment } from '../../../registries/index.ts'
import { ecrProvider } from '../../../registries/providers/ecr/index.ts'
import { buildImage } from '../../image-builder/index.ts'
import { type Cleanup, everything } from '../../registry-client.ts'
import { type EcrWorld, type EcrWorldOptions, startEcrWorld } from './index.ts'

/** The image that a started world has, as acme/api:1.0. */
export const image = buildImage({ layers: [{ files: { a: 'a' } }] })

export async function startFilled(cleanup: Cleanup, options: EcrWorldOptions = {}): Promise<EcrWorld> {
  const world = cleanup.keep(await startEcrWorld(options))
  world.push('acme/api', '1.0', image, Date.UTC(2026, 0, 2))
  return world
}

export function openEcr(
  cleanup: Cleanup,
  world: EcrWorld,
  fields: Readonly<Record<string, unknown>> = world.settings,
  environment: Partial<RegistryEnvironment> = {},
): RegistryConnector {
  const surroundings = { http: world.internet.http, clock: systemClock, ...environment }
  return cleanup.keep(ecrProvider.open(world.settingsOf(fields), surroundings))
}

export async function namesOf(connector: RegistryConnector): Promise<string[]> {
  const pages = await everything(connector.repositories())
  return pages.flatMap(({ repositories }) => repositories.map(({ name }) => name))
}

export function failedStep(steps: readonly CheckStep[]): CheckStep | undefined {
  return steps.find(({ state }) => state === 'failed')
}
