import { describe, expect, it } from 'vitest'
import { Secret } from '../../../core/index.ts'
import { readSettings } from './schema.ts'
import { apiAuthorization, dockerCredentials, excessIn } from './sign-in.ts'

const token = (claims: object): Secret<string> =>
  new Secret(`e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`)

const settingsOf = (username: string | undefined, password: Secret<string>) =>
  readSettings({ username, password, domain: 'acme.jfrog.io', repository: 'docker-prod' })

describe('signing in', () => {
  it('is as the user, or by a token that names its user', () => {
    const named = settingsOf('ann', new Secret('pä:ss'))
    expect(apiAuthorization(named).reveal()).toBe(`Basic ${Buffer.from('ann:pä:ss').toString('base64')}`)
    const alone = settingsOf(undefined, token({ sub: 'jfac@01c/users/bob' }))
    expect(apiAuthorization(alone).reveal()).toMatch(/^Bearer e30\./)
    expect(dockerCredentials(alone)).toMatchObject({ username: 'bob' })
    expect(dockerCredentials(settingsOf(undefined, new Secret('reference')))).toMatchObject({
      username: 'token',
    })
  })

  it.each([
    ['applied-permissions/admin', /administer/],
    ['applied-permissions/admin api:*', /administer/],
    ['artifact:docker-prod:r,w,d', /write or delete/],
    ['artifact:docker-prod:r', undefined],
    ['applied-permissions/user', undefined],
  ])('shows what a token for %s allows beyond reading', (scp, excess) => {
    if (excess) expect(excessIn(token({ scp }))).toMatch(excess)
    else expect(excessIn(token({ scp }))).toBeUndefined()
    expect(excessIn(new Secret(scp))).toBeUndefined()
  })
})
