import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { jwtVerify } from 'jose'

const oneKey = (): { readonly privateKey: KeyObject; readonly pem: string } => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { privateKey, pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

/** Making keys takes a while: one for all accounts of a test file. */
let made: ReturnType<typeof oneKey> | undefined
const key = () => (made ??= oneKey())

const reading = [
  'artifactregistry.locations.list',
  'artifactregistry.repositories.list',
  'artifactregistry.dockerimages.list',
  'artifactregistry.packages.list',
  'artifactregistry.versions.list',
  'artifactregistry.tags.list',
  'artifactregistry.repositories.downloadArtifacts',
]

const writing = [
  'artifactregistry.repositories.uploadArtifacts',
  'artifactregistry.repositories.deleteArtifacts',
  'artifactregistry.repositories.setIamPolicy',
]

export type AccountName = keyof typeof permissions

/** What each service account of the project may do. */
const permissions = {
  reader: reading,
  owner: [...reading, ...writing],
  /** May do nothing. */
  stranger: [],
  /** May list, but not pull. */
  lister: reading.filter((name) => !name.endsWith('downloadArtifacts')),
} as const

/** Service accounts with their keys, and the access tokens that they hold. */
export class Accounts {
  readonly #project: string
  readonly #tokens = new Map<string, { readonly email: string; readonly expiresAt: number }>()
  #issued = 0
  /** Google's clock. May be changed at any time. */
  now: () => number = Date.now

  constructor(project: string) {
    this.#project = project
  }

  email(name: string): string {
    return `${name}@${this.#project.replace(/^(.*):(.*)$/, '$2.$1')}.iam.gserviceaccount.com`
  }

  /** A key file as `gcloud iam service-accounts keys create` writes it. @param keyId `deleted` for one that Google no longer knows */
  keyFile(name: string, keyId = `key-of-${name}`): Record<string, string> {
    return {
      type: 'service_account',
      project_id: this.#project,
      private_key_id: keyId.replaceAll('-', ''),
      private_key: key().pem,
      client_email: this.email(name),
      client_id: '105950000000000000000',
      auth_uri: 'https://accounts.google.com/o/oauth2/auth',
      token_uri: 'https://oauth2.googleapis.com/token',
      auth_provider_x509_cert_url: 'https://www.googleapis.com/oauth2/v1/certs',
      client_x509_cert_url: `https://www.googleapis.com/robot/v1/metadata/x509/${encodeURIComponent(this.email(name))}`,
      universe_domain: 'googleapis.com',
    }
  }

  /** Verifies a signed assertion by the public key. @returns an access token, or what Google says against it */
  async exchange(assertion: string): Promise<{ token: string } | { said: string }> {
    try {
      const { payload, protectedHeader } = await jwtVerify(assertion, createPublicKey(key().privateKey), {
        algorithms: ['RS256'],
        audience: 'https://oauth2.googleapis.com/token',
        requiredClaims: ['iss', 'iat', 'exp', 'scope'],
        maxTokenAge: '1h',
        clockTolerance: 300,
        currentDate: new Date(this.now()),
      })
      const name = String(payload.iss).split('@')[0] ?? ''
      if (payload.iss !== this.email(name) || !(name in permissions))
        return { said: 'Invalid grant: account not found' }
      if (protectedHeader.kid !== `keyof${name}`) return { said: 'Invalid JWT Signature.' }
      return { token: this.issue(name as AccountName) }
    } catch (error) {
      const isTime = error instanceof Error && /"(?:iat|exp|nbf)"/.test(error.message)
      return {
        said: isTime
          ? 'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.'
          : 'Invalid JWT Signature.',
      }
    }
  }

  issue(name: AccountName): string {
    this.#issued += 1
    const token = `ya29.c.${name}-${this.#issued}-${'x'.repeat(200)}`
    this.#tokens.set(token, { email: this.email(name), expiresAt: this.now() + 3_599_000 })
    return token
  }

  /** Whose access token it is; undefined: nobody's (any more). */
  holder(token: string): AccountName | undefined {
    const held = this.#tokens.get(token)
    return held && this.now() < held.expiresAt ? (held.email.split('@')[0] as AccountName) : undefined
  }

  mayDo(name: AccountName, permission: string): boolean {
    return (permissions[name] as readonly string[]).includes(permission)
  }

  expireTokens(): void {
    this.#tokens.clear()
  }
}

/** What Google signs for push subscriptions with, and its public half as it publishes it. */
export function googleSigner(): { readonly privateKey: KeyObject; readonly jwks: { keys: object[] } } {
  const { privateKey } = key()
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' })
  return { privateKey, jwks: { keys: [{ ...jwk, kid: 'google-1', alg: 'RS256', use: 'sig' }] } }
}
