import { assert, dictionary, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  activitySearch,
  editConnectionSearch,
  findingSearch,
  imageSearch,
  parseSearch,
  signInSearch,
  stringifySearch,
} from '../../src/web/lib/address.ts'

const digest = `sha256:${'ab'.repeat(32)}`
const connection = '01890a5d-ac96-774b-bcce-b302099a8057'

describe('addresses', () => {
  it('are read and written the same, and stay readable', () => {
    const search = { severity: ['CRITICAL', 'HIGH'], digest, package: 'a/b c&d', repository: 12 }
    const text = stringifySearch(search)
    expect(text).toBe(`?severity=CRITICAL,HIGH&digest=${digest}&package=a/b+c%26d&repository=12`)
    expect(findingSearch(parseSearch(text))).toEqual(search)
  })

  it('leave out what is empty', () => {
    expect(stringifySearch({ q: '', status: [], image: undefined })).toBe('')
  })

  it('keep the filters of images', () => {
    const search = { connection, status: ['Failed'], lifecycle: ['Latest'], kind: 'all', q: 'api', image: 7 }
    expect(imageSearch(parseSearch(stringifySearch(search)))).toEqual(search)
  })

  it('drop what does not fit instead of passing it on', () => {
    expect(
      imageSearch({
        digest: 'sha256:12',
        status: 'Failed,Nonsense',
        image: '-1',
        connection: 'x',
        kind: 'some',
      }),
    ).toEqual({ status: ['Failed'] })
    expect(findingSearch({ severity: 'none', fix: 'perhaps', package: 'x'.repeat(301) })).toEqual({})
    expect(activitySearch({ state: 'flying' })).toEqual({})
    expect(editConnectionSearch({ step: 'save' })).toEqual({})
  })

  it.each([
    '//evil.example',
    'https://evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '',
  ])('sign-in never goes to %j', (to) => {
    expect(signInSearch({ to })).toEqual({})
  })

  it('whatever stands in an address, what a page gets of it can be written again', () => {
    assert(
      property(dictionary(string(), string()), (raw) => {
        for (const read of [imageSearch, findingSearch, activitySearch, signInSearch]) {
          const search = read(raw)
          expect(read(parseSearch(stringifySearch({ ...search })))).toEqual(search)
        }
      }),
    )
  })
})
