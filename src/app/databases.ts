import type { DatabaseService } from '../api/index.ts'
import type { VulnerabilityDatabase } from '../contract/index.ts'
import type { DatabaseUpdates } from './database-updates.ts'

export interface Databases {
  readonly vulnerabilities: DatabaseUpdates
  readonly java: DatabaseUpdates
  /** How far the work is that new data makes. */
  readonly progress: () => Promise<VulnerabilityDatabase['progress']>
}

/** What people see of the databases, and ask of them: of both at once. */
export function createDatabaseService({ vulnerabilities, java, progress }: Databases): DatabaseService {
  return {
    status: async () => ({
      ...vulnerabilities.status(),
      java: java.status(),
      progress: await progress(),
    }),
    requestUpdate: () => [vulnerabilities, java].map((each) => each.requestUpdate()).includes(true),
  }
}
