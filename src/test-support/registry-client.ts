import { type AppError, Secret, systemClock, toAppError } from '../core/index.ts'
import type { HttpClientOptions } from '../platform/http/index.ts'
import {
  createDistributionClient,
  type DistributionClient,
  type DistributionClientOptions,
  type RegistryCredentials,
} from '../registries/index.ts'
import { testHttp } from './http.ts'

/** What is closed at the end of a test, last opened first. */
export class Cleanup {
  private readonly things: { close(): unknown }[] = []

  keep<T extends { close(): unknown }>(thing: T): T {
    this.things.push(thing)
    return thing
  }

  async close(): Promise<void> {
    for (const thing of this.things.splice(0).reverse()) await thing.close()
  }
}

export interface TestClient extends DistributionClient {
  readonly waits: readonly number[]
}

/** A client of a registry on loopback; plain HTTP unless the options say otherwise. */
export function testClient(
  cleanup: Cleanup,
  host: string,
  options: Partial<DistributionClientOptions> & { readonly transport?: Partial<HttpClientOptions> } = {},
): TestClient {
  const { transport, ...rest } = options
  const http = cleanup.keep(testHttp(transport))
  const client = createDistributionClient({ http, host, clock: systemClock, plainHttp: true, ...rest })
  return { ...client, waits: http.waits }
}

export function password(username: string, text: string): RegistryCredentials {
  return { username, password: new Secret(text) }
}

/** The error that work ends with. */
export async function failureOf(work: Promise<unknown>): Promise<AppError> {
  return work.then(
    () => {
      throw new Error('this should have failed')
    },
    (error: unknown) => toAppError(error),
  )
}

export async function everything<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const page of pages) all.push(page)
  return all
}
