import { systemClock } from '../core/index.ts'
import {
  createAddressPolicy,
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
} from '../platform/http/index.ts'

export interface TestHttp extends HttpClient {
  /** Waits between tries, in milliseconds, none of which were waited. */
  readonly waits: readonly number[]
}

/** An HTTP client that may reach loopback and does not sleep. */
export function testHttp(options: Partial<HttpClientOptions> = {}): TestHttp {
  const waits: number[] = []
  const client = createHttpClient({
    addresses: createAddressPolicy(['*']),
    clock: systemClock,
    ...options,
    retry: {
      random: () => 1,
      wait: async (milliseconds) => {
        waits.push(milliseconds)
      },
      ...options.retry,
    },
  })
  return { ...client, waits }
}
