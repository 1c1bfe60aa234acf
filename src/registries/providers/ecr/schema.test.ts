import { describe, expect, it } from 'vitest'
import { isAppError, Secret } from '../../../core/index.ts'
import { unseenSecret } from '../../index.ts'
import { readSettings } from './schema.ts'

const secretAccessKey = new Secret('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY')
const key = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey }
const place = { region: 'us-east-1', accountId: '123456789012' }

/** What is read, or the names of the fields that are wrong. */
function read(fields: Record<string, unknown>, allowAmbient = false) {
  try {
    return readSettings({ ...key, ...place, ...fields }, allowAmbient)
  } catch (error) {
    if (!isAppError(error) || error.code !== 'settings-invalid') throw error
    return Object.keys(error.fields ?? {})
  }
}

const reason = (fields: Record<string, unknown>, field: string): string => {
  try {
    readSettings({ ...key, ...place, ...fields }, false)
    return ''
  } catch (error) {
    return isAppError(error) ? (error.fields?.[field] ?? '') : ''
  }
}

describe('the form', () => {
  it('reads what the product documents ask for', () => {
    expect(read({})).toMatchObject({
      ...place,
      fips: false,
      dualStack: false,
      key: { id: key.accessKeyId, sessionToken: undefined },
      role: undefined,
    })
  })

  it('reads all of it', () => {
    const settings = read({
      region: ' us-gov-west-1 ',
      accountId: '1234-5678-9012',
      accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
      sessionToken: new Secret('token'),
      roleArn: 'arn:aws-us-gov:iam::210987654321:role/path/portolan',
      externalId: 'acme:42',
      useFips: true,
      useDualStack: true,
    })
    expect(settings).toMatchObject({
      region: 'us-gov-west-1',
      accountId: '123456789012',
      fips: true,
      dualStack: true,
      role: { arn: 'arn:aws-us-gov:iam::210987654321:role/path/portolan', externalId: 'acme:42' },
    })
  })

  it('drops the line break that pasted secrets end in', () => {
    const settings = read({ secretAccessKey: new Secret(`${secretAccessKey.reveal()}\n`) })
    expect('key' in settings && settings.key?.secret.reveal()).toBe(secretAccessKey.reveal())
  })

  it('takes a stored secret that nobody has opened', () => {
    expect(read({ secretAccessKey: unseenSecret })).toMatchObject({ region: 'us-east-1' })
  })

  const none = { accessKeyId: '', secretAccessKey: null }

  it.each<[string, Record<string, unknown>, string[]]>([
    ['no region', { region: '' }, ['region']],
    ['a city', { region: 'Frankfurt' }, ['region']],
    ['a host in place of the region', { region: 'evil.example/x-1' }, ['region']],
    ['no account', { accountId: '' }, ['accountId']],
    ['an alias in place of the account', { accountId: 'acme-prod' }, ['accountId']],
    ['no key', none, ['accessKeyId', 'secretAccessKey']],
    ['a key without its secret', { secretAccessKey: '' }, ['secretAccessKey']],
    ['a secret without its key', { accessKeyId: '' }, ['accessKeyId']],
    ['an ARN in place of the key', { accessKeyId: 'arn:aws:iam::123456789012:user/ann' }, ['accessKeyId']],
    ['a secret that is not sealed', { secretAccessKey: 'text' }, ['secretAccessKey']],
    ['temporary keys without token', { accessKeyId: 'ASIAIOSFODNN7EXAMPLE' }, ['sessionToken']],
    ['a token without keys', { ...none, sessionToken: new Secret('x') }, ['accessKeyId']],
    ['a role by name', { roleArn: 'portolan' }, ['roleArn']],
    ['a user in place of a role', { roleArn: 'arn:aws:iam::123456789012:user/ann' }, ['roleArn']],
    ['a role of another partition', { roleArn: 'arn:aws-cn:iam::123456789012:role/x' }, ['roleArn']],
    ['an external ID without role', { externalId: 'acme' }, ['roleArn']],
    [
      'an external ID of one character',
      { roleArn: 'arn:aws:iam::123456789012:role/x', externalId: 'a' },
      ['externalId'],
    ],
    ['FIPS in China', { region: 'cn-north-1', useFips: true }, ['useFips']],
    ['a text that is no certificate', { caCertificate: 'hello' }, ['caCertificate']],
    ['several at once', { region: '', accountId: '' }, ['region', 'accountId']],
  ])('names the field: %s', (_, fields, wrong) => {
    expect(read(fields)).toEqual(wrong)
  })

  it('does without a key only where the operator allows it, and says so', () => {
    expect(read(none, true)).toMatchObject({ key: undefined })
    expect(reason(none, 'accessKeyId')).toContain('the operator has not allowed')
  })

  it('never takes half a key for none', () => {
    expect(read({ ...none, secretAccessKey }, true)).toEqual(['accessKeyId'])
  })
})
