import { type AppError, isAppError } from '../../../core/index.ts'
import type { HttpClient } from '../../../platform/http/index.ts'
import type { DistributionClient, PlatformListing, RegistryEnvironment } from '../../index.ts'
import { HARBOR_SERVICE, openHarbor } from './harbor/api.ts'
import { harborListing } from './harbor/listing.ts'
import { protocolListing, unrevised } from './listing.ts'
import type { OciSettings } from './schema.ts'
import { zotListing } from './zot/listing.ts'
import { ZOT_HEADER } from './zot/search.ts'

interface Surroundings {
  readonly client: DistributionClient
  readonly http: HttpClient
  readonly environment: Pick<RegistryEnvironment, 'clock' | 'signal'>
  readonly settings: OciSettings
  /** Tries of each request. */
  readonly attempts?: number
  /** The first contact; whoever made it already gives its outcome. Default: made when the first list is asked for. */
  greet?(signal?: AbortSignal): Promise<unknown>
}

/**
 * The listing of the product behind the protocol: Harbor and zot have lists of their own, in far fewer requests. Which it is
 * shows in what `GET /v2/` answers, so that other registries are asked nothing more.
 *
 * @throws AppError of kinds `temporary`, `rate-limited` and `cancelled`, which say nothing of the product
 */
async function recognise(around: Surroundings, signal?: AbortSignal): Promise<PlatformListing> {
  const { client, settings, environment } = around
  const protocol = protocolListing(client, settings.prefix)
  const refusal = await refusalOf(around.greet?.(signal) ?? client.ping(signal))
  const { service, headersForBrowsers } = client.traits()
  const isOpenTo = refusal === undefined || settings.credentials === undefined
  if (service === HARBOR_SERVICE && isOpenTo) {
    const api = await openHarbor(harborOptions(around), signal)
    if (api !== undefined) return harborListing(api, protocol, settings.prefix, () => environment.clock.now())
  }
  if (ZOT_HEADER.test(headersForBrowsers)) return zotListing(client, protocol, environment)
  return protocol
}

/** Scheme, host and port; no slash at its end. */
export function originOf({ plainHttp, host }: OciSettings): string {
  return `${plainHttp ? 'http' : 'https'}://${host}`
}

function harborOptions({ http, environment, settings, attempts }: Surroundings) {
  const { credentials } = settings
  return { http, clock: environment.clock, origin: originOf(settings), credentials, attempts }
}

/** Why the registry does not let us in, where that is its last word. */
async function refusalOf(ping: Promise<unknown>): Promise<AppError | undefined> {
  try {
    await ping
    return undefined
  } catch (error) {
    const isFinal = isAppError(error) && !['temporary', 'rate-limited', 'cancelled'].includes(error.kind)
    if (isFinal) return error
    throw error
  }
}

/** The first contact of a check. Harbor lets nobody in who has no account, but has a public part that its API lists. */
export async function firstContact(
  client: DistributionClient,
  settings: OciSettings,
  signal?: AbortSignal,
): Promise<{ readonly signedIn: boolean }> {
  try {
    return await client.ping(signal)
  } catch (error) {
    const isPublic = settings.credentials === undefined && client.traits().service === HARBOR_SERVICE
    if (isPublic && isAppError(error) && error.code === 'sign-in-required') return { signedIn: false }
    throw error
  }
}

/** Recognises the product when the first list is asked for, once, for all who wait for it: none of them alone ends it. */
export function productListing(around: Surroundings): PlatformListing {
  const { settings, environment } = around
  let recognised: Promise<PlatformListing> | undefined
  const listing = (): Promise<PlatformListing> => {
    recognised ??= recognise(around, environment.signal).catch((error: unknown) => {
      recognised = undefined
      throw error
    })
    return recognised
  }
  return {
    async *repositories(options) {
      const names = settings.repositories
      if (names.length > 0) yield { repositories: names.map(unrevised), nextCursor: null }
      else yield* (await listing()).repositories(options)
    },
    async *tags(repository, options) {
      yield* (await listing()).tags(repository, options)
    },
  }
}
