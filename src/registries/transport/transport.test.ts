import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { AppError, hostList, Secret } from '../../core/index.ts'
import { testHttp } from '../../test-support/http.ts'
import { parseSettings } from '../schema.ts'
import { transportFields } from './fields.ts'
import { openTransport } from './open.ts'
import { transportOf, transportShape } from './schema.ts'

const read = (settings: Record<string, unknown>) =>
  transportOf(parseSettings(z.object(transportShape), settings))

describe('how a registry is reached', () => {
  it('every field is read, and belongs to the group that forms keep apart', () => {
    expect(transportFields.map(({ name }) => name)).toEqual(Object.keys(transportShape))
    expect(transportFields.every(({ group }) => group === 'transport')).toBe(true)
    expect(transportFields.filter(({ secret }) => secret).map(({ name }) => name)).toEqual(['proxyPassword'])
    expect(transportFields.filter(({ guardsSecrets }) => guardsSecrets).map(({ name }) => name)).toEqual([
      'caCertificate',
      'proxyUrl',
    ])
  })

  it.each([
    'proxy.example.com:3128',
    'http://u:p@proxy',
    'socks5://proxy',
    'http://proxy/path',
    'http://proxy/?q',
  ])('refuses the proxy %s at its field', (proxyUrl) => {
    expect(() => read({ proxyUrl })).toThrow(
      expect.objectContaining({ code: 'settings-invalid', fields: { proxyUrl: expect.any(String) } }),
    )
  })

  it('gives the client the proxy with its credentials, whatever characters they have', () => {
    const asked: unknown[] = []
    const http = (settings: unknown) => {
      asked.push(settings)
      return testHttp()
    }
    const transport = read({
      proxyUrl: 'http://proxy.example.com:3128',
      proxyUsername: 'ann',
      proxyPassword: new Secret('p@ss:/word'),
    })
    openTransport(transport, { http })
    expect(asked).toEqual([{ verifyTls: true, ownProxy: expect.any(Secret) }])
    const [{ ownProxy }] = asked as [{ ownProxy: Secret<string> }]
    expect(ownProxy.reveal()).toBe('http://ann:p%40ss%3A%2Fword@proxy.example.com:3128/')
    expect(JSON.stringify(asked)).not.toContain('word')
  })

  it('says at the field that a proxy is not allowed', () => {
    const http = (settings = {}) => testHttp({ ...settings, proxyHosts: hostList('THE_SETTING', []) })
    const open = () => openTransport(read({ proxyUrl: 'http://proxy.example.com' }), { http })
    expect(open).toThrow(AppError)
    expect(open).toThrow(
      expect.objectContaining({
        code: 'proxy-not-allowed',
        fields: { proxyUrl: expect.stringContaining('THE_SETTING') },
      }),
    )
  })
})
