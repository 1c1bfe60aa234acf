import * as fc from 'fast-check'
import { auditableBinary, goBinary, goModules } from '../../src/test-support/executables/index.ts'
import { javaArchive } from '../../src/test-support/java-archive.ts'
import { rpmSqlite } from '../../src/test-support/rpm-databases/index.ts'
import { concat, ending, type Library, PACKAGES, release } from './random-libraries.ts'

const operators = ['<', '<=', '>', '>=', '=', '==', '', '~', '^', '~>', '!=', '=<', '=>'] as const
const odd = ['nonsense', '1.x', '1..2', '1.', 'v1.2.3', '1.0.Final'] as const
/** Build metadata is left out of ranges, as for PHP. */
const semver = concat(release, ending('-rc.1', '-rc.10', '-alpha', '-0', '-beta.2', '-1-2', '-x.7.z'))
const number = fc.constantFrom('0', '1', '2', '3', '10')
const executable = (content: Uint8Array) => ({ content, mode: 0o755 })

export const go: Library = {
  bucket: 'go::Source',
  versions: concat(
    fc.tuple(number, number, number).map((parts) => parts.join('.')),
    ending('-rc.1', '-alpha', '-0.20211004125949-5bd84dd9b33b', '-beta.2.0.20211004125949-5bd84dd9b33b'),
  ),
  operators,
  odd,
  files: (versions) => ({
    'usr/bin/app': executable(
      goBinary({
        modules: goModules({
          main: 'example.com/app@(devel)',
          deps: versions.map((version, at) => `p${at}@v${version}`),
        }),
      }),
    ),
  }),
}

export const cargo: Library = {
  bucket: 'cargo::Source',
  versions: semver,
  operators,
  odd,
  files: (versions) => ({
    'usr/bin/app': executable(auditableBinary(versions.map((version, at) => ({ name: `p${at}`, version })))),
  }),
}

export const nuget: Library = {
  bucket: 'nuget::Source',
  versions: semver,
  operators,
  odd,
  files: (versions) => ({
    'app/packages.lock.json': JSON.stringify({
      version: 1,
      dependencies: {
        'net6.0': Object.fromEntries(
          versions.map((version, at) => [`p${at}`, { type: 'Direct', resolved: version }]),
        ),
      },
    }),
  }),
}

export const maven: Library = {
  bucket: 'maven::Source',
  versions: concat(
    release,
    ending(
      '-SNAPSHOT',
      '.Final',
      '-rc1',
      '-RC',
      '.RELEASE',
      '-alpha-1',
      'b2',
      '-m3',
      '-sp',
      '-jre',
      '.v2023',
      '-1',
    ),
    ending('-2', '.1', '-ga', '.0'),
  ),
  operators: ['<', '<=', '>', '>=', '=', ''],
  odd: ['nonsense', '[1.0,2.0)', '(,1.2]', '[2.0]', '(1.0,)', '[1,2],[3,)'],
  name: (at) => `g:p${at}`,
  files: (versions) => ({
    'app/all-1.0.jar': javaArchive({ poms: versions.map((version, at) => `g:p${at}:${version}`) }),
  }),
}

const rpmPart = fc
  .array(fc.constantFrom(...'0 1 2 10 01 a b rc ~ ~~ . .. _ .el9 git2023'.split(' ')), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => `1${parts.join('')}`)
const rpmVersion = fc.record({
  epoch: fc.option(fc.constantFrom(0, 1, 2), { freq: 3, nil: undefined }),
  version: rpmPart,
  release: rpmPart,
})

/** An image with many packages of Rocky Linux, and one advisory for each. */
export function rocky(seed: number) {
  const pairs = fc.sample(fc.tuple(rpmVersion, rpmVersion), { numRuns: PACKAGES, seed })
  return {
    files: {
      'etc/rocky-release': 'Rocky Linux release 9.2 (Blue Onyx)\n',
      'etc/redhat-release': 'Rocky Linux release 9.2 (Blue Onyx)\n',
      'etc/os-release': 'ID="rocky"\nVERSION_ID="9.2"\n',
      'var/lib/rpm/rpmdb.sqlite': rpmSqlite(
        pairs.map(([{ epoch, version, release }], at) => ({
          name: `p${at}`,
          version,
          release,
          vendor: 'Rocky Enterprise Software Foundation',
          ...(epoch === undefined ? {} : { epoch }),
        })),
      ),
    },
    advisories: pairs.map(([, { epoch, version, release }], at) => ({
      bucket: 'rocky 9',
      package: `p${at}`,
      id: `CVE-2024-${at}`,
      entries: [
        {
          fixedVersion: `${epoch === undefined ? '' : `${epoch}:`}${version}-${release}`,
          arches: ['x86_64'],
        },
      ],
    })),
  }
}
