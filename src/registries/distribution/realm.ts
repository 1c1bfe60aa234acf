import { isIP } from 'node:net'
import { AppError, safeText } from '../../core/index.ts'
import { classifyAddress } from '../../platform/http/index.ts'
import type { RegistryAddress } from './hosts.ts'

function bare(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

/** Whether a public registry sends us to an address that only insiders have: then somebody uses us to look inside. */
function pointsInside(realm: URL, registry: URL): boolean {
  if (isIP(bare(realm)) === 0 || classifyAddress(bare(realm)) === 'public') return false
  return (
    bare(realm) !== bare(registry) &&
    (isIP(bare(registry)) === 0 || classifyAddress(bare(registry)) === 'public')
  )
}

function refused(facts: { code: string; publicMessage: string; remedy: string }): AppError {
  return new AppError({ kind: 'denied', ...facts })
}

/**
 * The token server that a challenge names, if it may be asked. A registry says where passwords are sent, so it must be
 * the registry's own host or one that is known to belong to it; nobody goes anonymous instead in silence.
 *
 * @param withCredentials whether our credentials are to be sent there
 * @throws AppError `realm-invalid` (invalid), `realm-insecure`, `realm-untrusted` (denied)
 */
export function tokenServer(
  realm: string | undefined,
  address: RegistryAddress,
  withCredentials: boolean,
): URL {
  const registry = new URL(address.origin)
  const url = URL.parse(realm ?? '')
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new AppError({
      code: 'realm-invalid',
      kind: 'invalid',
      publicMessage: `${address.host} asks to sign in, but does not say at which address.`,
      remedy: 'Check the token settings (realm) of the registry.',
    })
  }
  url.username = ''
  url.password = ''
  url.hash = ''
  const shown = safeText(url.host, 200)
  if (url.protocol === 'http:' && registry.protocol === 'https:') {
    throw refused({
      code: 'realm-insecure',
      publicMessage: `${address.host} asks to sign in at ${shown} over plain HTTP; nothing was sent there.`,
      remedy: 'Give the token server of the registry (realm) an https:// address.',
    })
  }
  if (pointsInside(url, registry)) {
    throw refused({
      code: 'realm-untrusted',
      publicMessage: `${address.host} asks to sign in at the private address ${shown}; nothing was sent there.`,
      remedy: 'Check the token settings (realm) of the registry.',
    })
  }
  if (withCredentials && url.hostname !== registry.hostname && !address.realmHosts.includes(url.hostname)) {
    throw refused({
      code: 'realm-untrusted',
      publicMessage: `${address.host} asks to sign in at another host, ${shown}; the credentials were not sent there.`,
      remedy: `If ${shown} belongs to the registry, name it as the sign-in host of the connection.`,
    })
  }
  return url
}
