import { notARegistry, readJson } from './answer.ts'
import type { Session } from './session.ts'

export interface PingResult {
  /** How it wants to be signed in to; 'none': it has not asked. */
  readonly scheme: 'none' | 'basic' | 'bearer'
  /** Whether it accepted our credentials just now. */
  readonly signedIn: boolean
}

/** What a registry shows of itself in passing. */
export interface RegistryTraits {
  /** The service that its challenge names; undefined: it has not asked to sign in. */
  readonly service: string | undefined
  /** The request headers that it lets browsers send (`Access-Control-Allow-Headers` of `/v2/`); '': none, or not asked yet. */
  readonly headersForBrowsers: string
}

const largestAnswer = 65_536

/**
 * `GET /v2/`, signed in when there are credentials: is this a registry, and does it accept us?
 *
 * @throws AppError `not-a-registry` (invalid), `credentials-refused`, `sign-in-required` (auth), the network's
 */
export async function ping(
  session: Session,
  hasCredentials: boolean,
  signal?: AbortSignal,
): Promise<{ readonly result: PingResult; readonly headerNames: string }> {
  const request = { method: 'GET', path: '/v2/', target: 'ping', scope: '', signal } as const
  const response = await session.send(request)
  // The specification wants no body; registries send {} or nothing, with the old version header or without.
  const version = response.header('docker-distribution-api-version')
  if (version === undefined && response.header('content-length') !== '0') {
    const body = await readJson(response, session.address.host, largestAnswer).catch(
      (error: unknown) => error,
    )
    if (typeof body !== 'object' || body instanceof Error) throw notARegistry(session.address.host)
  } else await response.discard()
  const scheme = session.scheme()
  return {
    result: {
      scheme: scheme === 'basic' || scheme === 'bearer' ? scheme : 'none',
      signedIn: hasCredentials && scheme !== 'none',
    },
    headerNames: response.header('access-control-allow-headers') ?? '',
  }
}
