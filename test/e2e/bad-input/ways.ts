import { createAuthority } from '../../../src/test-support/certificates.ts'
import {
  faults,
  type RegistryServer,
  type RegistryServerOptions,
  startRegistryServer,
} from '../../../src/test-support/registry-server/index.ts'
import { good, push } from './images.ts'

export const user = { username: 'ann', password: 'the right password' } as const
const users = { [user.username]: user.password }

/** Registries that cannot be used, or not in every way; the good image is in each of them. */
export interface Ways {
  readonly basic: RegistryServer
  /** Knows no TLS. */
  readonly plain: RegistryServer
  /** Asks to sign in at `localhost`, which is not its own host. */
  readonly realmElsewhere: RegistryServer
  /** What listens at that realm: it must never be asked. */
  readonly otherHost: RegistryServer
  readonly expired: RegistryServer
  /** PEM of the authority that signed the expired certificate: but for the date it is right. */
  readonly authority: string
  /** HTTPS as it should be. */
  readonly tls: RegistryServer
  readonly webPage: RegistryServer
  /** Sends to `otherHost` for all that it has. */
  readonly redirecting: RegistryServer
  /** Gives its blobs from another origin, which refuses a request with Authorization. */
  readonly blobsElsewhere: RegistryServer
  readonly endlessCatalog: RegistryServer
  /** Every page of tags links to a next one, each with a cursor of its own. */
  readonly endlessTags: RegistryServer
  close(): Promise<void>
}

export async function openWays(): Promise<Ways> {
  const open: RegistryServer[] = []
  const start = async (options: RegistryServerOptions): Promise<RegistryServer> => {
    const registry = await startRegistryServer(options)
    open.push(registry)
    push(registry, good)
    return registry
  }
  const authority = createAuthority()
  const auth = { kind: 'basic', users } as const
  const otherHost = await start({})
  const elsewhere = otherHost.url.replace('127.0.0.1', 'localhost')
  const bearer = { kind: 'bearer', users } as const
  return {
    otherHost,
    authority: authority.cert,
    basic: await start({ auth }),
    plain: await start({ auth }),
    realmElsewhere: await start({ auth: { ...bearer, realm: `${elsewhere}/token` } }),
    expired: await start({ tls: authority.issue(['IP:127.0.0.1'], -1) }),
    tls: await start({ tls: authority.issue(['IP:127.0.0.1']), auth }),
    webPage: await start({ faults: [faults.html()] }),
    redirecting: await start({
      auth,
      faults: [
        (request, reply) =>
          reply.status === 200 && request.target !== 'ping'
            ? faults.redirect(`${elsewhere}${request.path}`)(request, reply)
            : reply,
      ],
    }),
    blobsElsewhere: await start({ auth: bearer, blobsElsewhere: true }),
    endlessCatalog: await start({ faults: [endlessLinks('catalog')] }),
    endlessTags: await start({ faults: [endlessLinks('tags')] }),
    close: async () => void (await Promise.all(open.map((registry) => registry.close()))),
  }
}

/** The same page for ever, under a cursor that is new each time. */
function endlessLinks(target: 'catalog' | 'tags'): RegistryServer['faults'][number] {
  let count = 0
  return (request, reply) => {
    if (request.target !== target) return reply
    count += 1
    const link = `<${request.path}?last=0${count}&n=1>; rel="next"`
    return { ...reply, headers: { ...reply.headers, link } }
  }
}

/** Whether a request with a password or token reached a registry. */
export function sawCredentials({ requests, storageRequests }: RegistryServer): boolean {
  return [...requests.all, ...storageRequests.all].some(({ authorization }) => authorization !== undefined)
}
