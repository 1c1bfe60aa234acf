import { describe, expect, it } from 'vitest'
import { Secret, toAppError } from '../../../core/index.ts'
import { description } from './description.ts'
import { readSettings } from './schema.ts'

const clientId = '11111111-aaaa-4aaa-8aaa-111111111111'
const tenantId = '72f988bf-0000-41af-91ab-2d7cd011db47'
const whole = { registryName: 'contoso', clientId, clientSecret: new Secret('x'), tenantId }

function wrongFields(settings: Record<string, unknown>, allowAmbient = false): string[] {
  try {
    readSettings({ ...whole, ...settings }, allowAmbient)
    return []
  } catch (error) {
    return Object.keys(toAppError(error).fields ?? {}).toSorted()
  }
}

describe('readSettings', () => {
  it.each([
    ['contoso', undefined, 'contoso.azurecr.io'],
    ['contoso', 'usgov', 'contoso.azurecr.us'],
    [' Contoso.azurecr.us ', undefined, 'contoso.azurecr.us'],
    ['https://contoso.azurecr.cn/', 'china', 'contoso.azurecr.cn'],
    ['contoso-abc123.azurecr.io', '', 'contoso-abc123.azurecr.io'],
  ])('%s in cloud %s is %s', (registryName, cloud, host) => {
    expect(readSettings({ ...whole, registryName, cloud }, false).host).toBe(host)
  })

  it.each<[string, Record<string, unknown>, string[]]>([
    ['no name', { registryName: '' }, ['registryName']],
    ['another host', { registryName: 'contoso.azurecr.evil.example' }, ['registryName']],
    ['a path', { registryName: 'contoso.azurecr.io/x' }, ['registryName']],
    ['a host in disguise', { registryName: 'evil.example#.azurecr.io' }, ['registryName']],
    [
      'a cloud that is not that of the login server',
      { registryName: 'a1b2c.azurecr.us', cloud: 'china' },
      ['cloud'],
    ],
    ['a cloud that is none', { cloud: 'moon' }, ['cloud']],
    ['a Client ID that is none', { clientId: 'my-app' }, ['clientId']],
    ['the name of a token that is none', { clientId: 'a b', tenantId: '' }, ['clientId']],
    [
      'the name of a token without a password',
      { clientId: 'my-token', clientSecret: '', tenantId: '' },
      ['clientId', 'clientSecret', 'tenantId'],
    ],
    ['a repository with its host', { repositories: ['api', 'contoso.azurecr.io/api:1'] }, ['repositories']],
    ['an application without a tenant', { tenantId: '' }, ['tenantId']],
    ['a tenant with a path', { tenantId: '../common' }, ['tenantId']],
    [
      'no credentials',
      { clientId: '', clientSecret: new Secret(''), tenantId: null },
      ['clientId', 'clientSecret', 'tenantId'],
    ],
  ])('names the field: %s', (_, settings, fields) => {
    expect(wrongFields(settings)).toEqual(fields)
  })

  it('needs no credentials where this server may speak for itself', () => {
    const none = { clientId: '', clientSecret: undefined, tenantId: '' }
    expect(wrongFields(none, true)).toEqual([])
    expect(readSettings({ ...whole, ...none, clientId }, true).identity).toEqual({
      kind: 'ambient',
      clientId,
      tenantId: undefined,
    })
    expect(readSettings(whole, true).identity.kind).toBe('service-principal')
  })

  it('takes a Client ID that is no GUID, without a Tenant ID, for a token of the registry', () => {
    const token = { ...whole, clientId: 'my-token', tenantId: ' ' }
    for (const allowAmbient of [false, true]) {
      const { identity } = readSettings(token, allowAmbient)
      expect(identity).toEqual({ kind: 'token', name: 'my-token', password: whole.clientSecret })
    }
    const { repositories } = readSettings({ ...token, repositories: 'team/api\n\n team/web ' }, false)
    expect(repositories).toEqual(['team/api', 'team/web'])
  })

  it('is guarded wherever a field decides where the secret goes', () => {
    const guarded = description.fields.filter(({ guardsSecrets }) => guardsSecrets).map(({ name }) => name)
    expect(guarded).toEqual(expect.arrayContaining(['registryName', 'cloud', 'tenantId']))
  })
})
