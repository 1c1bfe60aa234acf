import { systemClock } from '../../src/core/index.ts'
import { type RegistryProvider, unseenSecret } from '../../src/registries/index.ts'
import { createAuthority } from '../../src/test-support/certificates.ts'
import { testHttp } from '../../src/test-support/http.ts'

type Form = Readonly<Record<string, unknown>>

/**
 * By field: a change of a form after which its secrets would go to another host, by another way, or to whoever listens on it. Each is
 * what a person could fill in who may edit a connection and does not know its secrets.
 */
const changes: Readonly<Record<string, Form | ((form: Form) => Form)>> = {
  accountId: { accountId: '999988887777' },
  allowPlainHttp: (form) => ({ allowPlainHttp: true, ...plainly(form) }),
  apiUrl: { apiUrl: 'https://elsewhere.example/api/v3' },
  baseUrl: { baseUrl: 'https://elsewhere.example' },
  caCertificate: { caCertificate: createAuthority().cert },
  cloud: { cloud: 'usgov' },
  dockerAccess: { dockerAccess: 'subdomain' },
  dockerHost: { dockerHost: 'elsewhere.example' },
  domain: { domain: 'elsewhere.example' },
  gitlabUrl: { gitlabUrl: 'https://elsewhere.example', registryUrl: 'https://registry.gitlab.com' },
  proxyUrl: { proxyUrl: 'http://127.0.0.1:9' },
  region: (form) => ('accountId' in form ? { region: 'eu-central-1' } : {}),
  registryHost: { registryHost: 'elsewhere.example' },
  registryName: { registryName: 'elsewhere' },
  registryUrl: { registryUrl: 'https://elsewhere.example' },
  repository: { repository: 'elsewhere' },
  signInHost: { signInHost: 'elsewhere.example' },
  skipTlsVerification: { skipTlsVerification: true },
  tenantId: { tenantId: '99999999-aaaa-4aaa-8aaa-999999999999' },
  url: { url: 'https://elsewhere.example' },
}

/** The same registry without protection. */
function plainly(form: Form): Form {
  if ('url' in form) return { url: String(form['url']).replace('https:', 'http:') }
  if ('username' in form) return { gitlabUrl: 'http://gitlab.com', registryUrl: 'http://registry.gitlab.com' }
  return { baseUrl: 'http://quay.io' }
}

/** Names of fields that tell where secrets go, whether or not their description says so. */
const telling = /(?:url|host|domain|cloud)$/i

/**
 * Every such change of a platform's form.
 *
 * @throws Error for a field that decides where secrets go and has no change here to try
 */
export function waysElsewhere(
  { description, open }: RegistryProvider,
  form: Form,
): readonly (readonly [field: string, form: Form])[] {
  const { fields } = description
  const sealed = Object.fromEntries(
    fields.filter((field) => field.secret).map(({ name }) => [name, unseenSecret]),
  )
  const hostOf = (each: Form): string =>
    open({ ...each, ...sealed }, { http: () => testHttp(), clock: systemClock }).host
  return fields.flatMap((field) => {
    const { name } = field
    const change = changes[name]
    const changed = { ...form, ...(typeof change === 'function' ? change(form) : change) }
    const decides = field.guardsSecrets === true || field.needs === 'insecure' || telling.test(name)
    if (field.secret || !(decides || (change !== undefined && hostOf(changed) !== hostOf(form)))) return []
    if (change === undefined) throw new Error(`there is no change of ${name} to try`)
    return [[name, changed] as const]
  })
}
