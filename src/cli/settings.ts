import { join } from 'node:path'
import { loadConfig } from '../app/config.ts'

/** What a command without a server needs to know of its surroundings. */
export interface Settings {
  /** Folder of vulnerability databases, shared with a server on the same data folder. */
  readonly databaseDir: string
  /** Folder of what was read of layers, shared likewise. */
  readonly layerDir: string
  /** OCI references of the vulnerability database, in order. */
  readonly databaseReferences: readonly string[]
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the few variables that concern these commands; a wrong one of the server's does not stop them.
 * @throws AppError `config-invalid` (invalid)
 */
export async function loadSettings(env: Environment): Promise<Settings> {
  const { PORTOLAN_DATA_DIR, PORTOLAN_DB_REPOSITORY, XDG_DATA_HOME } = env
  const config = await loadConfig({ PORTOLAN_DATA_DIR, PORTOLAN_DB_REPOSITORY, XDG_DATA_HOME })
  return {
    databaseDir: join(config.dataDir, 'db'),
    layerDir: join(config.dataDir, 'cache', 'layers'),
    databaseReferences: config.databaseReferences,
  }
}
