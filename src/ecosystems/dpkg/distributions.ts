import { type Clock, systemClock } from '../../core/index.ts'
import type { Distribution, ImageContext, PackageFact } from '../../indexing/index.ts'
import {
  endOfLastDay,
  majorOf,
  matchedAs,
  minorOf,
  notMatched,
  type OsVerdict,
  skipReasonOf,
  spellVersion,
  withSuppliers,
} from '../index.ts'
import { debianLastDays, ubuntuLastDays } from './end-of-life.ts'
import { debPackageUrl } from './purl.ts'
import { ubuntuSpace } from './ubuntu-releases.ts'

const rootIoMark = /\.root\.io/
const seal = { space: () => 'debian' }

/** Advisories stand under the major release: `12.4` → `debian 12`. */
export const debian: Distribution = withSuppliers(
  {
    family: 'debian',
    subject: (fact, context) =>
      verdict(fact, context, skipReasonOf(fact), ({ release }) => `debian ${majorOf(release)}`),
    endOfLife: ({ release }) => endOfLastDay(debianLastDays, majorOf(release)),
  },
  'dpkg',
  { rootIo: { marks: rootIoMark, base: (release) => `debian ${majorOf(release)}` }, seal },
)

/** @param clock decides whether a release is still under standard maintenance, for images with Ubuntu Pro */
export function createUbuntu(clock: Clock = systemClock): Distribution {
  return withSuppliers(
    {
      family: 'ubuntu',
      subject: (fact, context) =>
        verdict(fact, context, skipReasonOf(fact), ({ release, extended }) =>
          ubuntuSpace(release, extended, clock),
        ),
      endOfLife: ({ release, extended }) =>
        endOfLastDay(ubuntuLastDays, extended ? `${release}-ESM` : release),
    },
    'dpkg',
    {
      rapidFort: {
        space: (version, release) => (/\+rf|rfubu/.test(version) ? 'ubuntu' : `ubuntu ${minorOf(release)}`),
      },
      rootIo: { marks: rootIoMark, base: (release) => `ubuntu ${minorOf(release)}` },
      seal,
    },
  )
}

/** A rolling system whose statements cover what others built, too. */
export const echo: Distribution = {
  family: 'echo',
  subject: (fact, context) => verdict(fact, context, skipReasonOf(fact, true), () => 'echo'),
}

/** A package of another database (apk) that names no source is never looked up: these advisories stand under sources only. */
function verdict(
  fact: PackageFact,
  { os }: ImageContext,
  skipped: ReturnType<typeof skipReasonOf>,
  space: (os: NonNullable<ImageContext['os']>) => string,
): OsVerdict & { purl: string } {
  const purl = debPackageUrl(fact, os)
  if (os === null) return { ...notMatched('unsupported-os'), purl }
  if (skipped !== null) return { ...notMatched(skipped), purl }
  if (!fact.sourceName || !fact.sourceVersion) return { ...notMatched('no-version'), purl }
  return {
    ...matchedAs({
      space: space(os),
      lookupKey: fact.sourceName,
      comparer: 'dpkg',
      version: spellVersion(fact.sourceEpoch, fact.sourceVersion, fact.sourceRelease),
    }),
    purl,
  }
}
