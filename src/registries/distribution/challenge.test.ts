import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scaled } from '../../test-support/scale.ts'
import { parseChallenges } from './challenge.ts'

function parsed(...headers: string[]) {
  return parseChallenges(headers).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)])
}

describe('parseChallenges', () => {
  it.each<[string, string[], unknown]>([
    ['one', ['Basic realm="Registry"'], [['basic', { realm: 'Registry' }]]],
    [
      'bearer as registries write it',
      ['Bearer realm="https://auth.example.com/token",service="registry",scope="repository:a/b:pull,push"'],
      [
        [
          'bearer',
          { realm: 'https://auth.example.com/token', service: 'registry', scope: 'repository:a/b:pull,push' },
        ],
      ],
    ],
    [
      'any order, unquoted, spaces',
      ['bearer  service = x , SCOPE="a b",realm=https://x/token'],
      [['bearer', { service: 'x', scope: 'a b', realm: 'https://x/token' }]],
    ],
    [
      'several in one header',
      ['Basic realm="a, b", Bearer realm="c",error="insufficient_scope"'],
      [
        ['basic', { realm: 'a, b' }],
        ['bearer', { realm: 'c', error: 'insufficient_scope' }],
      ],
    ],
    [
      'several headers',
      ['Basic realm="a"', 'Bearer realm="b"'],
      [
        ['basic', { realm: 'a' }],
        ['bearer', { realm: 'b' }],
      ],
    ],
    [
      'a scheme with a token, and one with nothing',
      ['Negotiate YII=, NTLM, Basic realm="a"'],
      [
        ['negotiate', {}],
        ['ntlm', {}],
        ['basic', { realm: 'a' }],
      ],
    ],
    ['escaped quotes', ['Basic realm="a \\"b\\" \\\\"'], [['basic', { realm: 'a "b" \\' }]]],
    ['no parameters', ['Basic'], [['basic', {}]]],
    ['nothing', ['', ', ,'], []],
    ['an unfinished quote', ['Bearer realm="https://x'], [['bearer', {}]]],
  ])('%s', (_, headers, expected) => {
    expect(parsed(...headers)).toEqual(expected)
  })

  it('reads what was written, in any order, and ends on any text', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/)
    const value = fc.stringMatching(/^[ -~]{0,20}$/)
    fc.assert(
      fc.property(fc.array(fc.tuple(word, fc.dictionary(word, value)), { maxLength: 4 }), (challenges) => {
        const quote = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`
        const written = challenges.filter(([, parameters]) => Object.keys(parameters).length > 0)
        const header = written
          .map(
            ([scheme, parameters]) =>
              `${scheme} ${Object.entries(parameters)
                .map(([k, v]) => `${k}=${quote(v)}`)
                .join(',')}`,
          )
          .join(', ')
        expect(parsed(header)).toEqual(written.map(([scheme, parameters]) => [scheme, { ...parameters }]))
      }),
      { numRuns: scaled(200, 20_000) },
    )
    fc.assert(
      fc.property(fc.string({ maxLength: 2000 }), (text) => Array.isArray(parseChallenges([text]))),
      { numRuns: scaled(200, 20_000) },
    )
  })

  it('takes linear time on hostile headers', () => {
    for (const unit of ['a=', '"', '\\"', ' ,', 'a ', 'Basic a="', '=,']) {
      expect(Array.isArray(parseChallenges([unit.repeat(100_000)]))).toBe(true)
    }
  })
})
