import { pushBuilt, type RegistryServer, startRegistryServer } from '../test-support/registry-server/index.ts'
import { buildVulnerabilityDatabase } from '../test-support/vulnerability-database/index.ts'
import { sampleRows } from './advisories.ts'
import { helmChart, putSampleImages } from './images.ts'

/** What a person types into the form to connect the sample registry. */
export const sampleCredentials = { username: 'harbourmaster', password: 'sample-token' } as const

/** Repository of the vulnerability database; anybody may pull it, as from a public registry. */
const databaseRepository = 'public/vulnerability-database'

export interface SampleRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string
  /** Reference of the sample vulnerability database. */
  readonly database: string
  readonly server: RegistryServer
}

/** A registry in this process, guarded by tokens, with the sample images and the sample vulnerability database. */
export async function startSampleRegistry(now: number, port?: number): Promise<SampleRegistry> {
  const { username, password } = sampleCredentials
  const server = await startRegistryServer({
    ...(port === undefined ? {} : { port }),
    auth: {
      kind: 'bearer',
      users: { [username]: password },
      anonymousPull: true,
      allow: (user, repository) => user !== null || repository === databaseRepository,
      allowCatalog: (user) => user !== null,
    },
  })
  putSampleImages((repository, tags, built) => pushBuilt(server, repository, tags, built))
  server.put({ repository: 'charts/harbour', tags: ['1.0.0'], ...helmChart() })
  const day = 24 * 60 * 60 * 1000
  const database = buildVulnerabilityDatabase(sampleRows, {
    updatedAt: new Date(now - 60 * 60 * 1000).toISOString(),
    nextUpdate: new Date(now + day).toISOString(),
  })
  server.put({ repository: databaseRepository, tags: ['2'], ...database.artifact })
  return { host: server.host, database: `${server.host}/${databaseRepository}:2`, server }
}
