import { setTimeout as sleep } from 'node:timers/promises'
import type * as Sdk from '@aws-sdk/client-ecr'
import { AppError, type Clock, toAppError } from '../../../core/index.ts'
import type { HttpClient } from '../../../platform/http/index.ts'
import type { RequestBudget } from '../../index.ts'
import { correctingClock } from './clock.ts'
import { awsError } from './errors.ts'
import { type ClientSettings, identityOf } from './identity.ts'
import type { EcrSettings } from './schema.ts'
import { sdkHandler } from './sdk-http.ts'

export interface CallerOptions {
  readonly settings: EcrSettings
  /** Stays the caller's. */
  readonly http: HttpClient
  readonly clock: Clock
  readonly budget?: RequestBudget | undefined
  /** Tries of each request; default 5. */
  readonly attempts?: number
  /** Waits between tries of what was throttled. */
  wait?(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** What a call is made with: the SDK, loaded when it is first needed. */
interface Loaded {
  readonly sdk: typeof Sdk
  readonly client: Sdk.ECRClient
}

export interface Asked {
  /** As permissions are written: `ecr:DescribeImages`. */
  readonly action: string
  readonly repository?: string
}

/** One call of the SDK, tried again where AWS throttles, its errors translated. After refused credentials nothing is sent again. */
export type Caller = <T>(
  asked: Asked,
  ask: (loaded: Loaded) => Promise<T>,
  signal?: AbortSignal,
) => Promise<T>

const defaultAttempts = 5
const firstWait = 1000

export function createCaller(options: CallerOptions): Caller {
  const { settings, attempts = defaultAttempts } = options
  const { region, accountId } = settings
  let loading: Promise<Loaded> | undefined
  let refusal: AppError | undefined

  async function once<T>(asked: Asked, send: () => Promise<T>): Promise<T> {
    if (refusal !== undefined) throw refusal
    try {
      return await correctingClock(send)
    } catch (thrown) {
      const error = awsError(thrown, { region, accountId, ...asked })
      if (error.kind === 'auth') refusal = error
      throw error
    }
  }

  return async (asked, ask, signal) => {
    const loaded = await (loading ??= load(options))
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await once(asked, () => ask(loaded))
      } catch (error) {
        if (!mayPass(error) || attempt >= attempts) throw error
        await pause(options, attempt, signal)
      }
    }
  }
}

async function load(options: CallerOptions): Promise<Loaded> {
  const sdk = await import('@aws-sdk/client-ecr')
  const shared = clientSettings(options)
  const credentials = identityOf(options.settings, shared)
  return { sdk, client: new sdk.ECRClient({ ...shared, credentials }) }
}

/** One place retries: the HTTP client what is HTTP's, the caller what AWS says in the body; the SDK nothing. */
function clientSettings(options: CallerOptions): ClientSettings {
  const { region, fips, dualStack } = options.settings
  return {
    region,
    useFipsEndpoint: fips,
    useDualstackEndpoint: dualStack,
    requestHandler: sdkHandler(options),
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard',
    ignoreConfiguredEndpointUrls: true,
  }
}

/**
 * AWS throttles by an error in a 400, without saying for how long, and fails by a 500; a 429 and the other failures were retried by
 * the HTTP client already.
 */
function mayPass(error: unknown): boolean {
  if (!(error instanceof AppError)) return false
  const { cause } = error as {
    readonly cause?: { readonly $metadata?: { readonly httpStatusCode?: number } }
  }
  const status = cause?.$metadata?.httpStatusCode
  return (
    (error.code === 'registry-rate-limited' && status === 400) ||
    (error.code === 'registry-failing' && status === 500)
  )
}

async function pause(
  { clock, budget, wait = (ms, signal) => sleep(ms, undefined, signal ? { signal } : {}) }: CallerOptions,
  attempt: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const whole = firstWait * 2 ** (attempt - 1)
  const spread = (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32
  const milliseconds = whole / 2 + (whole / 2) * spread
  budget?.report('api', { remaining: 0, resetAt: clock.now() + milliseconds })
  await wait(milliseconds, signal).catch((error: unknown) => {
    throw toAppError(error)
  })
}
