import { PackageURL } from 'packageurl-js'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packageUrl } from './package-url.ts'

describe('packageUrl', () => {
  it('leaves as they are the characters that Trivy leaves', () => {
    expect(packageUrl({ type: 'deb', name: "a!$&'()*,;=:~b", version: 'x@y+z/1' })).toBe(
      "pkg:deb/a!$&'()*,;=:~b@x%40y%2Bz%2F1",
    )
    expect(
      packageUrl({ type: 'deb', name: 'a', qualifiers: { z: 'last', b: "1:2!'+ /", a: undefined, c: '' } }),
    ).toBe('pkg:deb/a?b=1:2%21%27%2B%20%2F&z=last')
  })

  it('says what was put in, read by the reference implementation', () => {
    // It decodes a percent sign twice, and drops white space and slashes at the ends.
    const word = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[\s/%]/u.test(text))
    fc.assert(
      fc.property(word, word, word, (name, version, value) => {
        const read = PackageURL.fromString(
          packageUrl({ type: 'generic', namespace: 'a/b', name, version, qualifiers: { key: value } }),
        )
        expect({ ...read }).toMatchObject({
          type: 'generic',
          namespace: 'a/b',
          name,
          version,
          qualifiers: { key: value },
        })
      }),
      { seed: 20240101 },
    )
  })
})
