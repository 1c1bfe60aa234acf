import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabaseFolder } from '../../src/advisories/index.ts'
import { compareDebVersions, parseDebVersion } from '../../src/ecosystems/deb-version.ts'
import { buildImage, type FileListing } from '../../src/test-support/image-builder/index.ts'
import { apkInstalled, dpkgStatus, packageJson } from '../../src/test-support/package-databases.ts'
import { buildJavaDatabase } from '../../src/test-support/java-database/index.ts'
import { scaled } from '../../src/test-support/scale.ts'
import {
  type AdvisoryRow,
  buildVulnerabilityDatabase,
} from '../../src/test-support/vulnerability-database/index.ts'
import { trivyPath } from '../../tools/setup/trivy.ts'
import { differences } from './compare.ts'
import type { Answer, FindingRow } from './golden.ts'
import { askPortolan } from './portolan.ts'
import { PACKAGES, php, python, randomLibraries, ruby } from './random-libraries.ts'
import { cargo, go, maven, nuget, rocky } from './random-packages.ts'
import { askTrivyForFindings } from './trivy.ts'

const trivy = trivyPath(join(import.meta.dirname, '../..'))

/** An image with many packages, and one advisory for each. */
interface Case {
  readonly files: Readonly<Record<string, FileListing>>
  readonly advisories: readonly AdvisoryRow[]
}

/** Pairs of what is installed and what an advisory says of it; new ones in each run of the long tests. */
function pairs<A, B>(installed: fc.Arbitrary<A>, stated: fc.Arbitrary<B>, seed: number): (readonly [A, B])[] {
  return fc.sample(fc.tuple(installed, stated), { numRuns: PACKAGES, seed })
}

const joined = (start: fc.Arbitrary<string>, pieces: string): fc.Arbitrary<string> =>
  fc
    .tuple(start, fc.array(fc.constantFrom(...pieces.split(' ')), { maxLength: 4 }))
    .map(([first, rest]) => first + rest.join(''))

const digit = fc.constantFrom('0', '1', '2', '1.0', '1.2', '1.10', '2.0.1')

function debian(seed: number): Case {
  const version = joined(digit, '.1 .01 ~ ~rc1 + +deb12u1 +deb12u10 - -1 -2 a b _ 1: 2: .')
  const found = pairs(version, version, seed).filter(([left, right]) => !hangsTrivy(left, right))
  return {
    files: {
      'etc/debian_version': '12.1\n',
      'var/lib/dpkg/status': dpkgStatus(
        found.map(([installed], at) => ({ name: `p${at}`, version: installed })),
      ),
    },
    advisories: found.map(([, fixedVersion], at) => ({
      bucket: 'debian 12',
      package: `p${at}`,
      id: `CVE-2024-${at}`,
      fixedVersion,
    })),
  }
}

/** Parts that are equal but spelt differently (`1.0`, `1.00`) send 0.44.1 into an endless loop. */
function hangsTrivy(left: string, right: string): boolean {
  const a = parseDebVersion(left)
  const b = parseDebVersion(right)
  const respelt = (one = '', other = ''): boolean =>
    one !== other && compareDebVersions(`0${one}`, `0${other}`) === 0
  return respelt(a?.upstream, b?.upstream) || respelt(a?.revision, b?.revision)
}

function alpine(seed: number): Case {
  const version = joined(digit, '.1 .01 .0 a b _alpha _beta1 _rc _p _p2 _git20200101 -r0 -r1 -r10 _ -r')
  const found = pairs(version, fc.tuple(version, fc.option(version, { freq: 5 })), seed)
  return {
    files: {
      'etc/alpine-release': '3.18.1\n',
      'lib/apk/db/installed': apkInstalled(
        found.map(([installed], at) => ({ name: `p${at}`, version: installed })),
      ),
    },
    advisories: found.map(([, [fixedVersion, affectedVersion]], at) => ({
      bucket: 'alpine 3.18',
      package: `p${at}`,
      id: `CVE-2024-${at}`,
      fixedVersion,
      ...(affectedVersion === null ? {} : { affectedVersion }),
    })),
  }
}

/** Installed pre-releases are left out: a known difference, with its row among the exceptions. */
function npm(seed: number): Case {
  const number = fc.integer({ min: 0, max: 3 })
  const release = fc.tuple(number, number, number).map((parts) => parts.join('.'))
  const bound = fc.oneof(
    release,
    release.map((text) => `${text}-beta.1`),
    release.map((text) => text.replace(/\.\d$/, '')),
    release.map((text) => text.replace(/\d$/, 'x')),
    fc.constantFrom('v1.2.3', '*', 'nonsense', '1.2.3.4'),
  )
  const operator = fc.constantFrom('<', '<=', '>', '>=', '=', '==', '', '~', '^', '=<', '!=', '~>')
  const comparator = fc.tuple(operator, fc.constantFrom('', ' '), bound).map((parts) => parts.join(''))
  const range = fc.oneof(
    {
      weight: 12,
      arbitrary: fc.array(comparator, { minLength: 1, maxLength: 3 }).map((all) => all.join(', ')),
    },
    { weight: 1, arbitrary: fc.constant('') },
  )
  const ranges = fc.array(range, { maxLength: 2 })
  const found = pairs(
    fc.oneof(
      { weight: 20, arbitrary: release },
      { weight: 1, arbitrary: fc.constantFrom('v1.2.3', '1.2', '01.0.0') },
    ),
    fc.record({ vulnerableVersions: ranges, patchedVersions: ranges, unaffectedVersions: ranges }),
    seed,
  )
  return {
    files: Object.fromEntries(
      found.map(([installed], at) => [
        `app/node_modules/p${at}/package.json`,
        packageJson(`p${at}`, installed),
      ]),
    ),
    advisories: found.map(([, stated], at) => ({
      bucket: 'npm::Source',
      package: `p${at}`,
      id: `CVE-2024-${at}`,
      ...stated,
    })),
  }
}

/**
 * 0.44.1 names a fix as often as an advisory does: a known difference, with its row among the exceptions. Two empty ones are `, ` there,
 * which it takes for a fix. No advisory here states a status.
 */
function eachFixOnce(findings: readonly FindingRow[]): FindingRow[] {
  return findings.map((row) => {
    const fixed = [...new Set(row.fixed.split(', '))].join(', ')
    return { ...row, fixed, status: fixed === '' ? 'affected' : row.status }
  })
}

/** One run of Trivy judges thousands of pairs. */
describe.skipIf(!existsSync(trivy) || scaled(0, 1) === 0)('Portolan and Trivy on generated versions', () => {
  let cache: string
  beforeAll(() => {
    cache = mkdtempSync(join(tmpdir(), 'portolan-random-'))
  })
  afterAll(() => rmSync(cache, { recursive: true, force: true }))

  it.each([
    ['debian', debian],
    ['alpine', alpine],
    ['npm', npm],
    ['python', (seed: number) => randomLibraries(python, seed)],
    ['ruby', (seed: number) => randomLibraries(ruby, seed)],
    ['php', (seed: number) => randomLibraries(php, seed)],
    ['rocky', rocky],
    ['go', (seed: number) => randomLibraries(go, seed)],
    ['cargo', (seed: number) => randomLibraries(cargo, seed)],
    ['nuget', (seed: number) => randomLibraries(nuget, seed)],
    ['maven', (seed: number) => randomLibraries(maven, seed)],
  ])(
    'agree on %s',
    async (name, make) => {
      const seed = Date.now() % 2 ** 31
      const { files, advisories } = make(seed)
      const folder = join(cache, name)
      await buildVulnerabilityDatabase({ advisories }).writeFolder(join(folder, 'db'))
      await buildJavaDatabase([]).writeFolder(join(folder, 'java-db'))
      const database = openDatabaseFolder(join(folder, 'db'))
      const image = buildImage({ layers: [{ files }] })
      const { os, findings } = await askPortolan(image, database)
      const theirs = await askTrivyForFindings(trivy, image, folder)
      const answer = (found: Pick<Answer, 'os' | 'findings'>): Answer => ({
        os: found.os,
        packages: [],
        purls: [],
        findings: eachFixOnce(found.findings),
      })
      expect(differences(answer({ os, findings }), answer(theirs)), `seed ${seed}`).toEqual([])
      expect(findings.length).toBeGreaterThan(100)
      database.close()
    },
    300_000,
  )
})
