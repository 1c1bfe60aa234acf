import { PackageURL } from 'packageurl-js'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packageUrl, parsePackageUrl, canonicalPackageUrl, versionWithEpoch } from './package-url.ts'

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

describe('parsePackageUrl', () => {
  it.each([
    ['pkg:deb/debian/glibc@2.36-9?arch=amd64&epoch=1', 'deb', 'debian', 'glibc', '2.36-9'],
    ['pkg:npm/%40babel/core@7.0.0', 'npm', '@babel', 'core', '7.0.0'],
    ['pkg:npm/@babel/core@7.0.0', 'npm', '@babel', 'core', '7.0.0'],
    ['pkg:npm/@babel/core', 'npm', '@babel', 'core', ''],
    ['pkg:golang/github.com/a/b@v1.2.3#sub/dir', 'golang', 'github.com/a', 'b', 'v1.2.3'],
    ['pkg://oci/api@sha256%3Aab?repository_url=x', 'oci', '', 'api', 'sha256:ab'],
    ['PKG:GEM/rails', 'gem', '', 'rails', ''],
  ])('reads %s', (text, type, namespace, name, version) => {
    expect(parsePackageUrl(text)).toMatchObject({ type, namespace, name, version })
  })

  it('reads qualifiers and subpath', () => {
    expect(parsePackageUrl('pkg:golang/a/b@1?X=%2F&empty=&y=a=b#/./sub//dir/..')).toMatchObject({
      qualifiers: { x: '/', y: 'a=b' },
      subpath: 'sub/dir',
    })
  })

  it.each([
    '',
    'pkg:',
    'pkg:npm',
    'pkg:npm/',
    'npm/a',
    'pkg:1x/a',
    `pkg:npm/${'a'.repeat(5000)}`,
  ])('is undefined for %j', (text) => {
    expect(parsePackageUrl(text)).toBeUndefined()
  })

  it('reads back what packageUrl writes', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1 })
    fc.assert(
      fc.property(word, word, word, (name, version, value) => {
        const text = packageUrl({
          type: 'generic',
          namespace: 'a/b',
          name,
          version,
          qualifiers: { key: value },
        })
        expect(parsePackageUrl(text)).toMatchObject({
          namespace: 'a/b',
          name: name.toWellFormed(),
          version: version.toWellFormed(),
          qualifiers: { key: value.toWellFormed() },
        })
      }),
      { seed: 7 },
    )
  })
})

describe('canonicalPackageUrl', () => {
  const spelt = (text: string) => {
    const purl = parsePackageUrl(text)
    const { namespace, name } = purl === undefined ? { namespace: '', name: '' } : canonicalPackageUrl(purl)
    return [namespace, name]
  }

  it.each([
    ['pkg:golang/github.com/Masterminds/Sprig', 'github.com/masterminds', 'sprig'],
    ['pkg:pypi/Django_Rest', '', 'django-rest'],
    ['pkg:npm/%40Acme/A_b', '@acme', 'a_b'],
    ['pkg:rpm/Fedora/Curl', 'fedora', 'Curl'],
    ['pkg:maven/Org.A/B', 'Org.A', 'B'],
    ['pkg:nuget/Newtonsoft.Json', '', 'Newtonsoft.Json'],
  ])('spells %s', (text, namespace, name) => {
    expect(spelt(text)).toEqual([namespace, name])
  })
})

describe('versionWithEpoch', () => {
  it.each([
    ['pkg:deb/debian/a@1:2-3', '1:2-3'],
    ['pkg:deb/debian/a@2-3?epoch=1', '1:2-3'],
    ['pkg:deb/debian/a@1:2-3?epoch=1', '1:2-3'],
    ['pkg:rpm/fedora/a@2-3?epoch=0', '2-3'],
    ['pkg:deb/debian/a@0:2-3', '2-3'],
    ['pkg:npm/a@0:2', '0:2'],
    ['pkg:rpm/fedora/a?epoch=1', ''],
  ])('of %s', (text, version) => {
    const purl = parsePackageUrl(text)
    expect(purl === undefined ? undefined : versionWithEpoch(purl)).toBe(version)
  })
})
