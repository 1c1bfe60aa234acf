import type { AdvisoryDatabase } from '../../advisories/index.ts'
import { loadConfig } from '../../app/config.ts'
import type { Scanner } from '../../app/engine.ts'
import { createEngineScanner } from '../../app/engines.ts'
import { systemClock } from '../../core/index.ts'
import type { CommandContext } from '../context.ts'

/**
 * Another engine than the built-in one.
 *
 * @param database asked for only by an engine that brings none of its own
 * @throws AppError `config-invalid`, `engine-unknown` (invalid)
 */
export async function openEngine(
  engine: string,
  database: () => Promise<AdvisoryDatabase>,
  { env }: CommandContext,
): Promise<Scanner> {
  const isWanted = (name: string): boolean =>
    ['PATH', 'PORTOLAN_DATA_DIR', 'XDG_DATA_HOME'].includes(name) || name.startsWith('PORTOLAN_TRIVY_')
  const names = Object.keys(env).filter(isWanted)
  const config = await loadConfig(Object.fromEntries(names.map((name) => [name, env[name]])))
  return createEngineScanner(engine, { config, clock: systemClock, database })
}
