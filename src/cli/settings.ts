import { join } from 'node:path'
import { loadConfig } from '../app/config.ts'
import { javaDatabaseDir } from '../java-names/index.ts'

/** What a command without a server needs to know of its surroundings. */
export interface Settings {
  /** Folder of vulnerability databases, shared with a server on the same data folder. */
  readonly databaseDir: string
  /** Folder of Java databases, shared likewise. */
  readonly javaDatabaseDir: string
  /** Folder of what was read of layers, shared likewise. */
  readonly layerDir: string
  /** OCI references of the vulnerability database, in order. */
  readonly databaseReferences: readonly string[]
  /** Of the Java database; none: it is not fetched. */
  readonly javaDatabaseReferences: readonly string[]
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the few variables that concern these commands; a wrong one of the server's does not stop them.
 * @throws AppError `config-invalid` (invalid)
 */
export async function loadSettings(env: Environment): Promise<Settings> {
  const { PORTOLAN_DATA_DIR, PORTOLAN_DB_REPOSITORY, PORTOLAN_JAVA_DB_REPOSITORY, XDG_DATA_HOME } = env
  const config = await loadConfig({
    PORTOLAN_DATA_DIR,
    PORTOLAN_DB_REPOSITORY,
    PORTOLAN_JAVA_DB_REPOSITORY,
    XDG_DATA_HOME,
  })
  return {
    databaseDir: join(config.dataDir, 'db'),
    javaDatabaseDir: javaDatabaseDir(config.dataDir),
    layerDir: join(config.dataDir, 'cache', 'layers'),
    databaseReferences: config.databaseReferences,
    javaDatabaseReferences: config.javaDatabaseReferences,
  }
}
