import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../../core/index.ts'
import { Accounts } from '../../../test-support/platforms/google/accounts.ts'
import { readCredentials } from './key-file.ts'

const accounts = new Accounts('acme-prod-1234')
const file = accounts.keyFile('reader')
const read = (value: unknown, allowFederation = false) =>
  readCredentials(new Secret(typeof value === 'string' ? value : JSON.stringify(value)), allowFederation)

const federation = {
  type: 'external_account',
  universe_domain: 'googleapis.com',
  audience: '//iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/pool/providers/k8s',
  subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  token_url: 'https://sts.googleapis.com/v1/token',
  service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${accounts.email('reader')}:generateAccessToken`,
  credential_source: { file: '/var/run/secrets/tokens/gcp', format: { type: 'text' } },
}

describe('the key file of a service account', () => {
  it('is read as Google makes it', () => {
    expect(read(file)).toMatchObject({ kind: 'key', email: accounts.email('reader'), keyId: 'keyofreader' })
    expect(JSON.stringify(read(file))).not.toContain('PRIVATE')
  })

  it.each([
    ['no JSON', 'MIIB...', /not JSON/],
    ['half a file', JSON.stringify(file).slice(0, 200), /not JSON/],
    ['a list', '[]', /"type"/],
    ['nothing', 'null', /"type"/],
    ['far too much', `{"type":"service_account","x":"${'x'.repeat(30_000)}"}`, /too long/],
    ['a user', { type: 'authorized_user', refresh_token: 'x' }, /"type" must be "service_account"/],
    ['an impersonation', { type: 'impersonated_service_account' }, /"type"/],
    ['another token server', { ...file, token_uri: 'https://evil.example/token' }, /"token_uri"/],
    ['another universe', { ...file, universe_domain: 'evil.example' }, /"universe_domain"/],
    ['another e-mail', { ...file, client_email: 'x@evil.example' }, /"client_email"/],
    ['no key', { ...file, private_key: undefined }, /"private_key"/],
    ['a damaged key', { ...file, private_key: file['private_key']?.slice(0, 300) }, /"private_key"/],
  ])('is refused when it is %s', (_, value, problem) => {
    expect(read(value)).toMatch(problem)
  })

  it('is refused with a key of another kind or a short one', () => {
    const pem = (key: { export(options: object): string | Buffer }) =>
      key.export({ type: 'pkcs8', format: 'pem' }).toString()
    const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
    for (const key of [elliptic, short])
      expect(read({ ...file, private_key: pem(key) })).toMatch(/"private_key"/)
  })

  it('never says what it holds', () => {
    const said = read({ ...file, private_key: 'my-secret-text' })
    expect(said).not.toContain('my-secret-text')
  })
})

describe('a configuration of workload identity federation', () => {
  it('is taken only where the server may use an identity of its own', () => {
    expect(read(federation)).toMatch(/operator has not allowed/)
    expect(read(federation, true)).toEqual({
      kind: 'federated',
      audience: federation.audience,
      subjectTokenType: federation.subject_token_type,
      tokenFile: '/var/run/secrets/tokens/gcp',
      tokenField: undefined,
      impersonated: accounts.email('reader'),
    })
  })

  it.each([
    ['token_url', { token_url: 'https://evil.example/token' }],
    ['credential_source', { credential_source: { url: 'http://169.254.169.254/latest/' } }],
    ['credential_source', { credential_source: { executable: { command: '/bin/sh -c id' } } }],
    ['credential_source.file', { credential_source: { file: '/etc/passwd' } }],
    ['credential_source.file', { credential_source: { file: '/var/run/secrets/../../../etc/passwd' } }],
    [
      'service_account_impersonation_url',
      { service_account_impersonation_url: 'https://evil.example/v1/x:generateAccessToken' },
    ],
    ['audience', { audience: '//iam.evil.example/x' }],
  ])('decides nothing about %s', (field, changed) => {
    expect(read({ ...federation, ...changed }, true)).toContain(`"${field}`)
  })
})
