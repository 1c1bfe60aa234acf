import { describe, expect, it } from 'vitest'
import { nextLink } from './link.ts'

describe('nextLink', () => {
  it.each<[string, string[], string | undefined]>([
    ['relative', ['</v2/_catalog?last=b&n=2>; rel="next"'], '/v2/_catalog?last=b&n=2'],
    ['absolute', ['<https://x/v2/_catalog?last=b>; rel="next"'], 'https://x/v2/_catalog?last=b'],
    ['query only', ['<?last=b>; rel=next'], '?last=b'],
    ['unquoted', ['</a?b=c>;rel=next'], '/a?b=c'],
    ['URL-encoded', ['</v2/_catalog?last=a%2Fone&n=1>; rel="next"'], '/v2/_catalog?last=a%2Fone&n=1'],
    ['spaces within the brackets', ['< /a?b=c > ; rel = "next"'], '/a?b=c'],
    ['a trailing comma', ['</a?b=c>; rel="next", '], '/a?b=c'],
    ['no brackets', ['/a?b=c; rel="next"'], '/a?b=c'],
    ['several relations', ['</a?b=c>; rel="last next"'], '/a?b=c'],
    ['other parameters first', ['</a?b=c>; title="x; rel=prev"; rel="next"'], '/a?b=c'],
    ['upper case', ['</a?b=c>; REL="Next"'], '/a?b=c'],
    ['among others', ['</p>; rel="prev", </a?b=c,d>; rel="next", </l>; rel="last"'], '/a?b=c,d'],
    ['in the second header', ['</p>; rel="prev"', '</a?b=c>; rel="next"'], '/a?b=c'],
    ['none', ['</p>; rel="prev"', ''], undefined],
    ['no relation', ['</p>'], undefined],
    ['broken', ['<<<>>>; rel="next"', '<unclosed; rel="next"'], undefined],
  ])('%s', (_, headers, expected) => {
    expect(nextLink(headers)).toBe(expected)
  })

  it('takes linear time on hostile headers', () => {
    for (const start of ['', '<', '<a>', '<a>;', '<a>; rel']) {
      for (const unit of [' ', '<', '<a>;', ';rel=', ' ;a="', 'a;', '<a>; rel=x, ']) {
        expect(nextLink([start + unit.repeat(100_000)])).toBeUndefined()
      }
    }
  })
})
