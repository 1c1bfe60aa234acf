import type { Distribution, ImageContext, PackageFact } from '../../indexing/index.ts'
import {
  endOfLastDay,
  matchedAs,
  minorOf,
  notMatched,
  type OsVerdict,
  skipReasonOf,
  spellVersion,
  withSuppliers,
} from '../index.ts'
import { alpineLastDays } from './end-of-life.ts'
import { apkPackageUrl } from './purl.ts'

/** Advisories stand under the origin and X.Y; the release of etc/apk/repositories goes before the image's own. */
export const alpine: Distribution = withSuppliers(
  {
    family: 'alpine',
    subject: (fact, context) => ({
      ...alpineVerdict(fact, context),
      purl: apkPackageUrl(fact, context.os),
    }),
    endOfLife: ({ release }) => endOfLastDay(alpineLastDays, minorOf(release)),
  },
  'apk',
  {
    rapidFort: { space: (_, release) => `alpine ${minorOf(release)}` },
    rootIo: { marks: /-r\d007\d/, base: (release) => `alpine ${minorOf(release)}` },
    seal: { space: () => 'alpine' },
  },
)

function alpineVerdict(fact: PackageFact, { os, repository }: ImageContext): OsVerdict {
  const release = repository?.family === 'alpine' ? repository.release : os?.release
  if (release === undefined) return notMatched('unsupported-os')
  const skipped = skipReasonOf(fact)
  if (skipped !== null) return notMatched(skipped)
  return matchedAs({
    space: `alpine ${minorOf(release)}`,
    lookupKey: fact.sourceName || fact.name,
    comparer: 'apk',
    // Without an origin line there is no version to compare, and Trivy takes the empty one: below every fix.
    version: spellVersion(fact.sourceEpoch, fact.sourceVersion ?? '', fact.sourceRelease),
  })
}

/** One space for all time, and the package's own version; a statement without a fix says nothing (Trivy, detector/ospkg/wolfi). */
function rolling(family: string): Distribution {
  return {
    family,
    subject: (fact, { os }) => {
      const skipped = skipReasonOf(fact)
      const verdict =
        skipped === null
          ? matchedAs({
              space: family,
              lookupKey: fact.sourceName || fact.name,
              comparer: 'apk',
              version: spellVersion(fact.epoch, fact.version, fact.release),
            })
          : notMatched(skipped)
      return { ...verdict, purl: apkPackageUrl(fact, os) }
    },
  }
}

export const wolfi = rolling('wolfi')
export const chainguard = rolling('chainguard')
export const minimOs = rolling('minimos')
