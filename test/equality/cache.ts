import { join } from 'node:path'
import { buildJavaDatabase } from '../../src/test-support/java-database/index.ts'
import { buildVulnerabilityDatabase } from '../../src/test-support/vulnerability-database/index.ts'
import { javaNames } from './java.ts'
import { rows } from './rows/index.ts'

/** Writes both databases of the tests as Trivy's cache folder has them: `db` and `java-db`. */
export async function writeCache(cache: string): Promise<void> {
  await buildVulnerabilityDatabase(rows).writeFolder(join(cache, 'db'))
  await buildJavaDatabase(javaNames).writeFolder(join(cache, 'java-db'))
}
