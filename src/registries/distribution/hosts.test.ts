import { describe, expect, it } from 'vitest'
import { registryAddress } from './hosts.ts'
import { tokenServer } from './realm.ts'

describe('registryAddress', () => {
  it('knows where the public registries answer and sign in', () => {
    expect(registryAddress('docker.io', false, [])).toEqual({
      host: 'docker.io',
      origin: 'https://registry-1.docker.io',
      realmHosts: ['auth.docker.io'],
    })
    expect(registryAddress('registry.gitlab.com', false, ['x']).realmHosts).toEqual(['gitlab.com', 'x'])
  })

  it('speaks HTTPS unless told otherwise', () => {
    expect(registryAddress('registry.example.com:5000', false, []).origin).toBe(
      'https://registry.example.com:5000',
    )
    expect(registryAddress('localhost:5000', true, []).origin).toBe('http://localhost:5000')
    expect(registryAddress('[::1]:5000', false, []).origin).toBe('https://[::1]:5000')
  })

  it.each(['', 'a/b', 'https://x', 'u@h', 'a b', 'x:99999', 'x?y', '-x', '..'])('refuses %j', (host) => {
    expect(() => registryAddress(host, false, [])).toThrow(
      expect.objectContaining({ code: 'registry-host-invalid' }),
    )
  })
})

describe('tokenServer', () => {
  const registry = registryAddress('registry.example.com', false, ['auth.example.com'])
  const judge = (realm: string, withCredentials = true, address = registry) => {
    try {
      return tokenServer(realm, address, withCredentials).href
    } catch (error) {
      return (error as { code: string }).code
    }
  }

  it.each([
    ['https://registry.example.com/token?x=1', 'https://registry.example.com/token?x=1'],
    ['https://registry.example.com:8443/token', 'https://registry.example.com:8443/token'],
    ['https://auth.example.com/token', 'https://auth.example.com/token'],
    ['https://u:p@auth.example.com/token#x', 'https://auth.example.com/token'],
    ['https://evil.example.com/token', 'realm-untrusted'],
    ['https://registry.example.com.evil.example/token', 'realm-untrusted'],
    ['http://registry.example.com/token', 'realm-insecure'],
    ['https://169.254.169.254/token', 'realm-untrusted'],
    ['https://10.0.0.1/token', 'realm-untrusted'],
    ['https://[::1]/token', 'realm-untrusted'],
    ['//registry.example.com', 'realm-invalid'],
  ])('%s', (realm, expected) => {
    expect(judge(realm)).toBe(expected)
  })

  it('may be anywhere public for those without credentials, but not inside', () => {
    expect(judge('https://evil.example.com/token', false)).toBe('https://evil.example.com/token')
    expect(judge('https://127.0.0.1/token', false)).toBe('realm-untrusted')
    expect(judge('http://registry.example.com/token', false)).toBe('realm-insecure')
  })

  it('may be inside for a registry that is inside, and plain where the registry is', () => {
    const local = registryAddress('10.0.0.1:5000', true, [])
    expect(judge('http://10.0.0.1:5001/token', true, local)).toBe('http://10.0.0.1:5001/token')
    expect(judge('http://10.0.0.2/token', true, local)).toBe('realm-untrusted')
    expect(judge('http://10.0.0.2/token', false, local)).toBe('http://10.0.0.2/token')
  })
})
