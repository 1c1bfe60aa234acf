import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { embeddedDataFolder, postgresUrl } from '../../src/test-support/databases/index.ts'

export { postgresMissing } from '../../src/test-support/databases/index.ts'

interface Place {
  readonly dataDir: string
  readonly databaseUrl?: string
}

/** Where a whole server may keep its data: the same tests must pass on both. */
export const places: Readonly<Record<string, () => Promise<Place>>> = {
  'the embedded database': async () => ({ dataDir: await embeddedDataFolder() }),
  PostgreSQL: async () => ({
    dataDir: mkdtempSync(join(tmpdir(), 'portolan-e2e-')),
    databaseUrl: await postgresUrl(),
  }),
}
