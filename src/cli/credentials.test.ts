import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dockerCredentials, type FoundCredentials } from './credentials.ts'

async function found(config: unknown, registry = 'registry.test:5000'): Promise<FoundCredentials> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-docker-'))
  writeFileSync(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config))
  return dockerCredentials(registry, { DOCKER_CONFIG: folder })
}

function shown({ credentials, note }: FoundCredentials): unknown {
  if (credentials === undefined) return note
  if ('identityToken' in credentials) return { identityToken: credentials.identityToken.reveal() }
  return { username: credentials.username, password: credentials.password.reveal() }
}

const auth = Buffer.from('user:pass:word').toString('base64')

describe('dockerCredentials', () => {
  it('reads what docker login stored, under each spelling of the host', async () => {
    const expected = { username: 'user', password: 'pass:word' }
    expect(shown(await found({ auths: { 'registry.test:5000': { auth } } }))).toEqual(expected)
    expect(shown(await found({ auths: { 'https://registry.test:5000/v2/': { auth } } }))).toEqual(expected)
    expect(shown(await found({ auths: { 'https://index.docker.io/v1/': { auth } } }, 'docker.io'))).toEqual(
      expected,
    )
    expect(shown(await found({ auths: { 'registry.test': { auth } } }))).toBeUndefined()
  })

  it('takes an identity token before a password, and plain fields last', async () => {
    expect(shown(await found({ auths: { 'registry.test:5000': { auth, identitytoken: 't' } } }))).toEqual({
      identityToken: 't',
    })
    expect(shown(await found({ auths: { 'registry.test:5000': { username: 'u', password: 'p' } } }))).toEqual(
      {
        username: 'u',
        password: 'p',
      },
    )
  })

  it('runs no credential helper, and says so', async () => {
    const helper = await found({ credHelpers: { 'registry.test:5000': 'ecr-login' } })
    expect(shown(helper)).toContain('docker-credential-ecr-login')
    const store = { credsStore: 'desktop', auths: { 'registry.test:5000': {} } }
    expect(shown(await found(store))).toContain('docker-credential-desktop')
    expect(shown(await found(store, 'other.test'))).toBeUndefined()
  })

  it('names the file when it is broken, and never what is in it', async () => {
    const broken = [
      '{',
      { auths: { 'registry.test:5000': { auth: Buffer.from('no-colon').toString('base64') } } },
    ]
    for (const config of broken) {
      await expect(found(config)).rejects.toMatchObject({
        code: 'docker-config-invalid',
        publicMessage: expect.not.stringContaining('no-colon'),
      })
    }
    expect(await dockerCredentials('registry.test', { DOCKER_CONFIG: '/nowhere' })).toEqual({})
    expect(await found({ auths: [], credHelpers: 'x' })).toEqual({})
  })
})
