import { type Container, openContainer } from '../../src/app/container.ts'
import { loadConfig } from '../../src/app/config.ts'
import { Secret, systemClock } from '../../src/core/index.ts'
import {
  type SampleRegistry,
  sampleCredentials,
  startSampleRegistry,
} from '../../src/demo/sample-registry.ts'

/** A whole server behind its door, and a registry with the sample images. */
export interface World {
  readonly container: Container
  readonly registry: SampleRegistry
  /** Calls the API as an organisation's administrator; a path under `/api/v1`. */
  call(as: 'one' | 'two', method: Method, path: string, body?: unknown): Promise<Answer>
  close(): Promise<void>
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

export interface Answer {
  readonly status: number
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  readonly body: any
}

const TOKEN = 'a-token-for-the-end-to-end-tests'

/** @param env more variables of the server */
export async function openWorld(
  place: { dataDir: string; databaseUrl?: string },
  env: Readonly<Record<string, string>> = {},
): Promise<World> {
  const registry = await startSampleRegistry(Date.now())
  const config = await loadConfig({
    PORTOLAN_DATA_DIR: place.dataDir,
    ...(place.databaseUrl === undefined ? {} : { PORTOLAN_DATABASE_URL: place.databaseUrl }),
    PORTOLAN_PORT: '0',
    PORTOLAN_ADMIN_TOKEN: TOKEN,
    PORTOLAN_DB_REPOSITORY: registry.database,
    PORTOLAN_ALLOW_PRIVATE_NETWORKS: '127.0.0.1',
    PORTOLAN_ALLOW_INSECURE_REGISTRIES: '127.0.0.1',
    PORTOLAN_LOG_LEVEL: 'error',
    ...env,
  })
  const container = await openContainer(config, systemClock)
  await container.start()
  const tokens = { one: TOKEN, two: await secondOrganisation(container) }
  return {
    container,
    registry,
    async call(as, method, path, body) {
      const answer = await container.api.inject({
        method,
        url: `/api/v1${path}`,
        headers: { authorization: `Bearer ${tokens[as]}` },
        ...(body === undefined ? {} : { payload: body as object }),
      })
      return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
    },
    async close() {
      await container.close()
      await registry.server.close()
    },
  }
}

async function secondOrganisation({ access }: Container): Promise<string> {
  await access.administration.addOrganisation({ id: 'two', name: 'Two' })
  const userId = await access.administration.addUser({
    name: 'Second',
    email: 'second@example.org',
    password: new Secret('password of the second'),
    organisationId: 'two',
    role: 'admin',
  })
  if (userId === undefined) throw new Error('the second user is there already')
  const { token } = await access.createToken({ organisationId: 'two', userId, name: 'test', expiresAt: null })
  return token
}

/** What a person types to connect the sample registry. */
export function connectionTo(registry: SampleRegistry, name: string): Record<string, unknown> {
  const settings = { url: `http://${registry.host}`, allowPlainHttp: true, ...sampleCredentials }
  return { name, platform: 'oci', settings }
}
