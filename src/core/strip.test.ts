import { describe, expect, it } from 'vitest'
import { strip, stripEnd, stripStart } from './strip.ts'

describe('strip', () => {
  it('takes any of the characters away, from the ends only', () => {
    expect(strip(`'"a "b" c"'`, `'"`)).toBe('a "b" c')
    expect(stripStart('//a/b//', '/')).toBe('a/b//')
    expect(stripEnd('//a/b//', '/')).toBe('//a/b')
  })

  it('leaves nothing of a text of nothing else', () => {
    expect([strip('///', '/'), strip('', '/'), stripStart('//', '/'), stripEnd('//', '/')]).toEqual([
      '',
      '',
      '',
      '',
    ])
  })
})
