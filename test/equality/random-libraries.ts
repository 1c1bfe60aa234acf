import * as fc from 'fast-check'
import type { FileListing } from '../../src/test-support/image-builder/index.ts'
import type { AdvisoryRow } from '../../src/test-support/vulnerability-database/index.ts'

export const PACKAGES = 2_000

export interface Library {
  readonly bucket: string
  readonly versions: fc.Arbitrary<string>
  readonly operators: readonly string[]
  /** Bounds that are no versions, or constraints of their own. */
  readonly odd: readonly string[]
  /** `p<at>` unless stated. */
  readonly name?: (at: number) => string
  files(versions: readonly string[]): Readonly<Record<string, FileListing>>
}

/** An image with many packages of an ecosystem, `p0`, `p1` and so on, and one advisory for each. */
export function randomLibraries(library: Library, seed: number) {
  const bound = fc.oneof(
    { weight: 12, arbitrary: library.versions },
    { weight: 1, arbitrary: fc.constantFrom(...library.odd) },
  )
  const comparison = fc
    .tuple(fc.constantFrom(...library.operators), fc.constantFrom('', ' '), bound)
    .map((parts) => parts.join(''))
  const range = fc
    .tuple(fc.array(comparison, { minLength: 1, maxLength: 3 }), fc.constantFrom(', ', ',', ' '))
    .map(([comparisons, between]) => comparisons.join(between))
  const ranges = fc.array(
    fc.oneof({ weight: 15, arbitrary: range }, { weight: 1, arbitrary: fc.constantFrom('', '*') }),
    { maxLength: 2 },
  )
  const stated = fc.record({
    vulnerableVersions: ranges,
    patchedVersions: ranges,
    unaffectedVersions: ranges,
  })
  const pairs = fc.sample(fc.tuple(library.versions, stated), { numRuns: PACKAGES, seed })
  return {
    files: library.files(pairs.map(([version]) => version)),
    advisories: pairs.map(
      ([, advisory], at): AdvisoryRow => ({
        bucket: library.bucket,
        package: library.name?.(at) ?? `p${at}`,
        id: `CVE-2024-${at}`,
        ...advisory,
      }),
    ),
  }
}

export const release = fc
  .array(fc.constantFrom('0', '1', '2', '3', '10'), { minLength: 1, maxLength: 4 })
  .map((numbers) => numbers.join('.'))

export const ending = (...endings: readonly string[]): fc.Arbitrary<string> =>
  fc.option(fc.constantFrom(...endings), { freq: 2, nil: '' })

export const concat = (...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((all) => all.join(''))

export const python: Library = {
  bucket: 'pip::Source',
  versions: concat(
    release,
    ending('a1', 'b2', 'rc1', '.alpha3', '-beta.1', 'c', 'preview2'),
    ending('.post1', '-2', 'rev', 'r3'),
    ending('.dev1', 'dev'),
    ending('+cu111', '+1', '+a.1'),
  ),
  operators: ['<', '<=', '>', '>=', '=', '==', '', '~=', '!=', '===', '~>', '^'],
  odd: ['1.*', '1.0.*', '1.0a1.*', 'nonsense', '1..2'],
  files: (versions) =>
    Object.fromEntries(
      versions.map((version, at) => [`a/p${at}.dist-info/METADATA`, `Name: p${at}\nVersion: ${version}\n`]),
    ),
}

export const ruby: Library = {
  bucket: 'rubygems::Source',
  versions: concat(release, ending('.a', '.rc1', '.rc10', '-1', '.pre.2', '.beta', '.alpha1', '-x86-linux')),
  operators: ['<', '<=', '>', '>=', '=', '==', '', '~>', '!=', '=<', '=>', '~'],
  odd: ['1.x.2', 'nonsense', '1..2', '1.'],
  files: (versions) =>
    Object.fromEntries(
      versions.map((version, at) => [
        `a/specifications/p${at}.gemspec`,
        `Gem::Specification.new do |s|\n  s.name = "p${at}".freeze\n  s.version = "${version}"\nend\n`,
      ]),
    ),
}

/** Build metadata is left out of ranges: 0.44.1 takes it for one more comparison, later versions do not. */
export const php: Library = {
  bucket: 'composer::Source',
  versions: concat(
    ending('v'),
    release,
    ending('-beta1', '-rc.1', 'alpha', '-1', '-dev', '-x', '--a', '-alpha.10'),
  ),
  operators: ['<', '<=', '>', '>=', '=', '==', '', '~', '^', '~>', '!=', '=<', '=>', '~='],
  odd: ['dev-main', '1.x', 'nonsense', '1.0.Final'],
  files: (versions) => ({
    'app/composer.lock': JSON.stringify({
      packages: versions.map((version, at) => ({ name: `p${at}`, version })),
    }),
  }),
}
