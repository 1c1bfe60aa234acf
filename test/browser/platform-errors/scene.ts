import type { RegistryPlatform } from '../../../src/contract/index.ts'
import { Secret } from '../../../src/core/index.ts'
import { createAuthority } from '../../../src/test-support/certificates.ts'
import type { InterceptedAnswer, InterceptedRequest } from '../../../src/test-support/intercepted.ts'
import type { PlatformWorld } from '../../../src/test-support/platform-world.ts'

type Settings = Readonly<Record<string, unknown>>

/** What goes wrong for a person who connects, and what is to be read then. */
export interface Fault {
  readonly name: string
  /** Fields that are not as they should be; the others are. */
  readonly settings?: Settings
  /** What answers in place of the platform. */
  readonly out?: (request: InterceptedRequest) => InterceptedAnswer | undefined
  /** Changes the world; what it gives back mends it. */
  readonly arrange?: () => () => void
  /** The step that fails. */
  readonly step: 'network' | 'tls' | 'sign-in' | 'list' | 'pull'
  readonly code: string
  /** In the cause: the platform's own code and words, what is missing by its name. */
  readonly says: readonly string[]
  /** In the remedy. */
  readonly todo: string
}

/** What the server refuses before it asks the platform: said at a field. */
export interface FieldFault {
  readonly name: string
  readonly settings: Settings
  /** Label of the field. */
  readonly field: string
  readonly says: string
}

/** Connects, and something wants a look all the same. */
export interface Caution {
  readonly settings?: Settings
  readonly arrange?: () => void
  readonly says: string
  readonly todo: string
}

export interface Scene {
  readonly world: PlatformWorld
  readonly faults: readonly Fault[]
  readonly fieldFaults?: readonly FieldFault[]
  /** With the settings that connect in the end: rights that nobody needs. */
  readonly excess?: Caution
}

export type StartScene = () => Promise<Scene>

export const refusal = (
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): InterceptedAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

/** An answer for every address with this in it. */
export const at = (part: string | RegExp, answer: InterceptedAnswer): NonNullable<Fault['out']> => {
  const pattern = typeof part === 'string' ? undefined : part
  return ({ url }) => ((pattern?.test(url.href) ?? url.href.includes(String(part))) ? answer : undefined)
}

const stranger = createAuthority().cert
const signInPage = '<!doctype html><title>Sign in</title><p>Welcome to the company'

/** What can go wrong at every platform. */
export const faultsOfAll: readonly Fault[] = [
  {
    name: 'no way there',
    settings: { proxyUrl: 'http://127.0.0.1:1' },
    step: 'network',
    code: 'proxy-failed',
    says: ['127.0.0.1:1'],
    todo: 'Check the address and credentials of the proxy',
  },
  {
    name: 'a certificate of nobody',
    settings: { caCertificate: stranger },
    step: 'tls',
    code: 'certificate-untrusted',
    says: ['not signed by an authority that is trusted here'],
    todo: 'Add the certificate of the authority (CA)',
  },
  {
    name: 'a web page',
    out: () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: signInPage }),
    step: 'network',
    code: 'not-a-registry',
    says: ['web page'],
    todo: 'address',
  },
  {
    name: 'asked to wait',
    out: () => refusal(429, { message: 'Slow down, please' }, { 'retry-after': '3600' }),
    step: 'network',
    code: 'registry-rate-limited',
    says: ['until'],
    todo: 'Wait until then, and check again',
  },
  {
    name: 'trouble of its own',
    out: () => ({ status: 503, headers: { 'content-type': 'text/html' }, body: '<h1>upstream</h1>' }),
    step: 'network',
    code: 'registry-failing',
    says: ['503'],
    todo: 'ater',
  },
]

export const fieldFaultsOfAll: readonly FieldFault[] = [
  {
    name: 'a certificate that is not looked at',
    settings: { skipTlsVerification: true },
    field: 'Do not verify TLS',
    says: 'PORTOLAN_ALLOW_INSECURE_REGISTRIES',
  },
  {
    name: 'a proxy that the operator has not named',
    settings: { proxyUrl: 'http://proxy.example.com:3128' },
    field: 'Proxy',
    says: 'PORTOLAN_ALLOW_CONNECTION_PROXIES',
  },
]

type Values = Readonly<Record<string, string | boolean>>

/** A filled form as inputs hold it; the world is reached by the connection's own proxy and authority. */
export function valuesOf({ internet }: PlatformWorld, settings: Settings): Values {
  const all: Settings = { proxyUrl: internet.proxyUrl, caCertificate: internet.ca, ...settings }
  return Object.fromEntries(
    Object.entries(all)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]): [string, string | boolean] => {
        if (value instanceof Secret) return [name, String(value.reveal())]
        return [name, typeof value === 'boolean' ? value : String(value)]
      }),
  )
}

/** What must never be read on a page. */
export function secretsOf(platform: RegistryPlatform, values: Values): string[] {
  return platform.fields
    .filter(({ secret }) => secret)
    .map(({ name }) => values[name])
    .filter((value) => typeof value === 'string' && value !== '')
    .map(String)
}
