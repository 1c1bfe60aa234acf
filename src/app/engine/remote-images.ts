import { type Clock, type ImageReference, isAppError } from '../../core/index.ts'
import type { ImageSource } from '../../images/index.ts'
import {
  createAddressPolicy,
  createHttpFactory,
  type HttpFactory,
  type ProxySettings,
} from '../../platform/http/index.ts'
import { createDistributionClient, imageSource, type RegistryCredentials } from '../../registries/index.ts'

export interface RemoteImagesOptions {
  readonly clock: Clock
  /** As PORTOLAN_ALLOW_PRIVATE_NETWORKS: which private addresses may be reached; `*` is all. */
  readonly allowedNetworks: readonly string[]
  readonly proxy?: ProxySettings
  /** Accept any certificate, and plain HTTP from a host that speaks no TLS. */
  readonly insecure?: boolean
  /** Signs in at a registry; undefined: everything is asked for anonymously. */
  readonly credentials?: (registry: string) => RegistryCredentials | undefined
}

export type { RegistryCredentials }

/**
 * Opens one repository of any registry for reading; closing the source frees its connections.
 * @throws AppError of the HTTP client and of the registry (docs/errors.md)
 */
export type OpenRemoteImage = (
  reference: Pick<ImageReference, 'registry' | 'repository'>,
  signal?: AbortSignal,
) => Promise<ImageSource>

/** Reads images from registries without any stored connection: the command line's way, and that of vulnerability data. */
export function createRemoteImages(options: RemoteImagesOptions): OpenRemoteImage {
  const { clock, proxy, insecure = false } = options
  const addresses = createAddressPolicy(options.allowedNetworks)
  const makeHttp = createHttpFactory({ addresses, clock, ...(proxy === undefined ? {} : { proxy }) })
  return async ({ registry, repository }, signal) => {
    const http = makeHttp({ verifyTls: !insecure })
    try {
      const credentials = options.credentials?.(registry)
      const plainHttp = insecure && (await speaksPlainHttp(makeHttp, clock, registry, signal))
      const client = createDistributionClient({
        http,
        clock,
        host: registry,
        plainHttp,
        ...(credentials === undefined ? {} : { credentials }),
      })
      return { ...imageSource(client, repository), close: () => http.close() }
    } catch (error) {
      await http.close()
      throw error
    }
  }
}

/** Whether a host answers without TLS where TLS was tried first, as Docker does with `insecure-registries`. */
async function speaksPlainHttp(
  makeHttp: HttpFactory,
  clock: Clock,
  host: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const http = makeHttp({ verifyTls: false })
  try {
    await createDistributionClient({ http, clock, host, attempts: 1 }).ping(signal)
    return false
  } catch (error) {
    return isAppError(error) && noTls.has(error.code)
  } finally {
    await http.close()
  }
}

/** Nothing listens at the TLS port either where a registry speaks plain HTTP at port 80. */
const noTls = new Set(['not-tls', 'connection-refused'])
