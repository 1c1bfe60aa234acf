import type { Difference } from '../equality/compare.ts'

/** A difference from the Trivy that the goldens were made with, wanted and explained. */
export interface Exception {
  /** Where it shows: names of test/equality/images. */
  readonly images: readonly string[]
  /** The version that differs. */
  readonly trivy: string
  /** What Portolan does instead. */
  readonly rule: string
  /** Why that is right: the change in Trivy itself, or its fault. */
  readonly source: string
  covers(difference: Difference): boolean
}

/**
 * Every difference, and there are no others: the test fails for one that no row covers, and for a row that covers none.
 * All are corrections that later versions of Trivy made, or a loss of data that its own other output shows.
 */
export const exceptions: readonly Exception[] = [
  {
    images: ['npm-prereleases', 'npm-app'],
    trivy: '0.44.1',
    rule: 'An installed pre-release is compared like any version: 1.2.3-rc.1 is in <1.2.3.',
    source: 'Trivy 0.65, aquasecurity/trivy#9208: "don\'t use prerelease logic for compare npm constraints"',
    covers: ({ side, row }) => side === 'portolan' && 'installed' in row && row.installed.includes('-'),
  },
  {
    images: ['npm-workspaces'],
    trivy: '0.44.1',
    rule: 'A package.json whose "workspaces" is an object is read.',
    source: 'Trivy 0.67, aquasecurity/trivy#9518: "parse workspaces as objects"',
    covers: ({ side }) => side === 'portolan',
  },
  {
    images: ['debian-12-distroless-npm'],
    trivy: '0.44.1',
    rule: 'Files in *.md5sums, beside or without dpkg\'s lists, are owned by their package: no package of their own.',
    source: 'Trivy 0.65, aquasecurity/trivy#9131: "migrate from *.list to *.md5sums files for dpkg"',
    covers: ({ side, row }) =>
      side === 'trivy' &&
      (('path' in row && row.path === 'usr/share/nodejs/minimist/package.json') ||
        ('purl' in row && row.purl.startsWith('pkg:npm/minimist@'))),
  },
  {
    images: ['alpine-merged-usr'],
    trivy: '0.44.1',
    rule: 'The apk database is read at usr/lib/apk/db/installed too.',
    source: 'Trivy 0.63, aquasecurity/trivy#8937: "support new APK database location"',
    covers: ({ side }) => side === 'portolan',
  },
]
