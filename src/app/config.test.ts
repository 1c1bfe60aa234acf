import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { loadConfig } from './config.ts'

describe('the configuration', () => {
  it('is safe without a word from the operator', async () => {
    const config = await loadConfig({ XDG_DATA_HOME: '/data' })
    expect(config).toMatchObject({
      dataDir: '/data/portolan',
      keyFile: '/data/portolan/secret.key',
      port: 7070,
      host: '127.0.0.1',
      behindProxy: false,
      allowedNetworks: [],
      insecureRegistries: { entries: [], setting: 'PORTOLAN_ALLOW_INSECURE_REGISTRIES' },
      connectionProxies: { entries: [], setting: 'PORTOLAN_ALLOW_CONNECTION_PROXIES' },
      ambientOrganisations: [],
      databaseUpdateHours: 6,
      tls: undefined,
    })
    expect(config.databaseReferences.length).toBeGreaterThan(0)
    expect(config.javaDatabaseReferences.length).toBeGreaterThan(0)
  })

  it('fetches the Java database from where the operator says, and from nowhere public where they name a source of their own', async () => {
    const references = async (env: Record<string, string>): Promise<readonly string[]> =>
      (await loadConfig({ XDG_DATA_HOME: '/data', ...env })).javaDatabaseReferences
    expect(await references({ PORTOLAN_DB_REPOSITORY: 'a.example/db:2' })).toEqual([])
    expect(await references({ PORTOLAN_JAVA_DB_REPOSITORY: 'a.example/java:1' })).toEqual([
      'a.example/java:1',
    ])
    expect(await references({ PORTOLAN_JAVA_DB_REPOSITORY: 'none' })).toEqual([])
  })

  it('takes every variable', async () => {
    const config = await loadConfig({
      PORTOLAN_DATA_DIR: '/srv/p',
      PORTOLAN_DATABASE_URL: 'postgres://u:p@db/x',
      PORTOLAN_PORT: '0',
      PORTOLAN_BASE_URL: 'https://p.example',
      PORTOLAN_KEY_FILE: '/run/key',
      PORTOLAN_DB_REPOSITORY: 'a.example/db:2, b.example/db:2',
      PORTOLAN_DB_UPDATE_HOURS: '1',
      PORTOLAN_ALLOW_PRIVATE_NETWORKS: '10.0.0.0/8,registry.lan',
      PORTOLAN_ALLOW_INSECURE_REGISTRIES: 'registry.lan:5000, *.test.lan',
      PORTOLAN_ALLOW_CONNECTION_PROXIES: '*',
      PORTOLAN_ALLOW_AMBIENT_CREDENTIALS: 'default other',
      PORTOLAN_EGRESS_ADDRESSES: '192.0.2.1',
      PORTOLAN_BEHIND_PROXY: '1',
      PORTOLAN_ADMIN_TOKEN: 'a-token-of-twenty-letters',
    })
    expect(config).toMatchObject({
      dataDir: '/srv/p',
      port: 0,
      host: '0.0.0.0',
      baseUrl: 'https://p.example',
      keyFile: '/run/key',
      databaseReferences: ['a.example/db:2', 'b.example/db:2'],
      databaseUpdateHours: 1,
      allowedNetworks: ['10.0.0.0/8', 'registry.lan'],
      insecureRegistries: { entries: ['registry.lan:5000', '*.test.lan'] },
      connectionProxies: { entries: ['*'] },
      ambientOrganisations: ['default', 'other'],
      egressAddresses: ['192.0.2.1'],
      behindProxy: true,
    })
    expect(config.databaseUrl?.reveal()).toBe('postgres://u:p@db/x')
    expect(config.adminToken?.reveal()).toBe('a-token-of-twenty-letters')
    expect(inspect(config)).not.toMatch(/u:p@db|a-token-of/)
  })

  it('names all variables that are wrong at once, and no secret value', async () => {
    const wrong = loadConfig({
      PORTOLAN_PORT: 'seventy',
      PORTOLAN_BASE_URL: 'p.example',
      PORTOLAN_ADMIN_TOKEN: 'hunter2',
      PORTOLAN_DATABASE_URL: 'mysql://u:hunter3@db',
    })
    await expect(wrong).rejects.toMatchObject({
      code: 'config-invalid',
      publicMessage: expect.stringMatching(/DATABASE_URL.*PORT.*BASE_URL.*ADMIN_TOKEN/),
    })
    await expect(wrong).rejects.not.toMatchObject({ publicMessage: expect.stringContaining('hunter') })
  })

  it('takes the proxy that all tools take', async () => {
    const { proxy } = await loadConfig({ HTTPS_PROXY: 'http://u:p@proxy:3128', NO_PROXY: 'a.example, .lan' })
    expect(proxy?.url.reveal()).toBe('http://u:p@proxy:3128')
    expect(proxy?.bypass).toEqual(['a.example', '.lan'])
    await expect(loadConfig({ https_proxy: 'proxy:3128' })).rejects.toMatchObject({ code: 'config-invalid' })
  })

  it('refuses hosts that it does not understand', async () => {
    const wrong = loadConfig({ PORTOLAN_ALLOW_INSECURE_REGISTRIES: 'http://registry.lan' })
    await expect(wrong).rejects.toMatchObject({
      code: 'config-invalid',
      publicMessage: expect.stringContaining('PORTOLAN_ALLOW_INSECURE_REGISTRIES'),
    })
  })

  it('refuses networks that it does not understand', async () => {
    const wrong = loadConfig({ PORTOLAN_ALLOW_PRIVATE_NETWORKS: '10.0.0.0/64' })
    await expect(wrong).rejects.toMatchObject({ code: 'network-allow-list-invalid' })
  })

  it('listens to the world only with both halves of TLS', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'portolan-config-'))
    try {
      const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')]
      await writeFile(cert, '-----BEGIN CERTIFICATE-----')
      await writeFile(key, 'not a key')
      const load = (more: Record<string, string>) => loadConfig({ PORTOLAN_TLS_CERT: cert, ...more })
      await expect(load({})).rejects.toMatchObject({ code: 'config-invalid' })
      await expect(load({ PORTOLAN_TLS_KEY: key })).rejects.toThrow('not a PEM file')
      await expect(load({ PORTOLAN_TLS_KEY: join(dir, 'none') })).rejects.toThrow('ENOENT')
      await writeFile(key, '-----BEGIN PRIVATE KEY-----')
      expect((await load({ PORTOLAN_TLS_KEY: key })).host).toBe('0.0.0.0')
    } finally {
      await rm(dir, { recursive: true })
    }
  })
})
