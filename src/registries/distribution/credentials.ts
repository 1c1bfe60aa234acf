import { Secret } from '../../core/index.ts'

/** A name and a password or access token, or a token that another tool got by signing in (`identitytoken` of Docker's config). */
export type RegistryCredentials =
  | { readonly username: string; readonly password: Secret<string> }
  | { readonly identityToken: Secret<string> }

/** The Authorization header of RFC 7617, in UTF-8; undefined for credentials that are no password. */
export function basicAuthorization(credentials: RegistryCredentials): Secret<string> | undefined {
  if (!('password' in credentials)) return undefined
  const pair = `${credentials.username}:${credentials.password.reveal()}`
  return new Secret(`Basic ${Buffer.from(pair, 'utf8').toString('base64')}`)
}

/** Every form in which a careless server could echo the credentials. */
function forms(credentials: RegistryCredentials): string[] {
  const secret =
    'password' in credentials ? credentials.password.reveal() : credentials.identityToken.reveal()
  const basic = basicAuthorization(credentials)?.reveal().slice('Basic '.length)
  return [secret, encodeURIComponent(secret), ...(basic === undefined ? [] : [basic])].filter(
    (form) => form.length > 3,
  )
}

/** Text of a server without our credentials in it. */
export function redact(text: string, credentials: RegistryCredentials | undefined): string {
  if (!credentials) return text
  return forms(credentials).reduce((rest, form) => rest.replaceAll(form, '[redacted]'), text)
}
