import { describe, expect, it } from 'vitest'
import { type SignedRequest, verify } from './sigv4.ts'

// The example of the documentation of AWS ("Signature Version 4: create a signed request", ListUsers of IAM), which states the
// key, every step and the signature.
const now = Date.UTC(2015, 7, 30, 12, 36, 0)
const key = { secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const signature = '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7'
const signed = 'content-type;host;x-amz-date'
const scope = '20150830/us-east-1/iam/aws4_request'

const example = (
  headers: Readonly<Record<string, string>> = {},
  url = 'https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08',
): SignedRequest => ({
  method: 'GET',
  url: new URL(url),
  headers: {
    host: 'iam.amazonaws.com',
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    'x-amz-date': '20150830T123600Z',
    authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
    ...headers,
  },
  body: new Uint8Array(),
})

const options = {
  service: 'iam',
  region: 'us-east-1',
  now,
  keyOf: (id: string) => (id === 'AKIDEXAMPLE' ? key : undefined),
}

describe('a signature', () => {
  it('is that of the documentation of AWS', () => {
    expect(verify(example(), options)).toEqual({ id: 'AKIDEXAMPLE' })
  })

  it.each<[string, SignedRequest, string]>([
    [
      'another query',
      example({}, 'https://iam.amazonaws.com/?Action=DeleteUser&Version=2010-05-08'),
      'InvalidSignatureException',
    ],
    ['another body', { ...example(), body: Buffer.from('x') }, 'InvalidSignatureException'],
    ['another host', example({ host: 'evil.example' }), 'InvalidSignatureException'],
    ['a later date', example({ 'x-amz-date': '20150830T123700Z' }), 'InvalidSignatureException'],
    ['a token that is not signed', example({ 'x-amz-security-token': 'x' }), 'UnrecognizedClientException'],
    ['none', example({ authorization: '' }), 'MissingAuthenticationTokenException'],
  ])('is refused with %s', (_, request, name) => {
    expect(verify(request, options)).toMatchObject({ name })
  })

  it.each([
    ['another region', { region: 'eu-west-1' }, 'InvalidSignatureException', /region/],
    ['another service', { service: 'ecr' }, 'InvalidSignatureException', /region/],
    [
      '6 minutes later',
      { now: now + 360_000 },
      'InvalidSignatureException',
      /Signature expired: 20150830T123600Z/,
    ],
    ['6 minutes earlier', { now: now - 360_000 }, 'InvalidSignatureException', /not yet current/],
    [
      'a key that has ended',
      { keyOf: () => ({ ...key, expiresAt: now }) },
      'ExpiredTokenException',
      /expired/,
    ],
    ['another secret', { keyOf: () => ({ secret: 'x' }) }, 'InvalidSignatureException', /does not match/],
  ])('is refused for %s', (_, changes, name, message) => {
    expect(verify(example(), { ...options, ...changes })).toMatchObject({
      name,
      message: expect.stringMatching(message),
    })
  })
})
