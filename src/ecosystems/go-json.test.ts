import { describe, expect, it } from 'vitest'
import { decodeGoObject } from './go-json.ts'

describe("Go's JSON", () => {
  it('takes the first object and names of fields in any case', () => {
    expect(decodeGoObject('{"Name":"a}","b":null} and {"name":"c"}', 'it')).toEqual(new Map([['name', 'a}']]))
    expect(decodeGoObject('null', 'it')).toBeNull()
  })

  it('fails on everything else', () => {
    for (const text of ['', '[]', '"a"', '{', '\uFEFF{}', '{"a":1', '{"a\\']) {
      expect(() => decodeGoObject(text, 'it'), text).toThrow()
    }
  })

  it('stays quick on a string without an end, and on deep ones', () => {
    expect(() => decodeGoObject(`{"${'\\"'.repeat(200_000)}`, 'it')).toThrow()
    expect(() => decodeGoObject(`{"a":${'['.repeat(200_000)}`, 'it')).toThrow()
  })
})
