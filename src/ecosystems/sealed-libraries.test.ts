import { describe, expect, it } from 'vitest'
import type { Advisory, AdvisoryDatabase } from '../advisories/index.ts'
import type { IndexingPlugin } from '../indexing/index.ts'
import type { MatchingPlugin } from '../matching/index.ts'
import { withSealedLibraries } from './sealed-libraries.ts'

const plugin: IndexingPlugin & MatchingPlugin = {
  id: 'test',
  analyzers: [],
  distributions: [],
  describe: () => {
    throw new Error('not asked')
  },
  subject: ({ name, version }) => ({
    subject:
      version === ''
        ? null
        : {
            space: 'test::',
            lookupKey: name,
            comparer: 'test',
            version,
            arch: null,
            cpeContext: null,
            flavour: null,
          },
    skipReason: null,
  }),
  matcherVersion: 1,
  isAffected: () => true,
  fixedVersion: () => '',
  compare: () => undefined,
}
const marks = { name: /^seal-/, version: /-sp\d+$/ }

describe('libraries that Seal patched', () => {
  const spaceOf = (name: string, version: string, isProof: boolean): string | undefined =>
    withSealedLibraries(plugin, { ...marks, isProof }).subject?.({ name, version }).subject?.space

  it('are looked up with it by their name, or by a version that is proof', () => {
    expect(spaceOf('a', '1', true)).toBe('test::')
    expect(spaceOf('seal-a', '1', false)).toBe('seal test::')
    expect(spaceOf('a', '1-sp2', true)).toBe('seal test::')
    expect(spaceOf('a', '', true)).toBeUndefined()
  })

  it('are looked up with both where the version is none; Seal’s statements then go before all others', () => {
    expect(spaceOf('a', '1-sp2', false)).toBe('test::\nseal test::')
    const sealed = withSealedLibraries(plugin, { ...marks, isProof: false })
    const subject = sealed.subject?.({ name: 'a', version: '1-sp2' }).subject
    if (!subject) throw new Error('no subject')
    const own = { bucket: 'test::Own' } as Advisory
    const seals = { bucket: 'seal test::Seal' } as Advisory
    const select = (...found: Advisory[]): unknown => sealed.select?.(subject, found, {} as AdvisoryDatabase)
    expect(select(own, seals)).toEqual([seals])
    expect(select(own)).toEqual([own])
  })
})
