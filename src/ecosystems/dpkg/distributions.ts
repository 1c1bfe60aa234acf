import { type Clock, systemClock } from '../../core/index.ts'
import type { Distribution, PackageFact } from '../../indexing/index.ts'
import type { OperatingSystem, Package } from '../../inventory/index.ts'
import { spellVersion } from '../index.ts'
import { debPackageUrl } from './purl.ts'
import { ubuntuSpace } from './ubuntu-releases.ts'

/** Advisories stand under the major release: `12.4` → `debian 12`. */
export const debian: Distribution = {
  family: 'debian',
  subject: (fact, { os }) => verdict(fact, os, (release) => `debian ${release.split('.', 1)[0] ?? ''}`),
}

/** @param clock decides whether a release is still under standard maintenance, for images with Ubuntu Pro */
export function createUbuntu(clock: Clock = systemClock): Distribution {
  return {
    family: 'ubuntu',
    subject: (fact, { os }) =>
      verdict(fact, os, (release) => ubuntuSpace(release, os?.extended ?? false, clock)),
  }
}

/** A package of another database (apk) that names no source is never looked up: these advisories stand under sources only. */
function verdict(
  fact: PackageFact,
  os: OperatingSystem | null,
  space: (release: string) => string,
): Pick<Package, 'subject' | 'skipReason'> & { purl: string } {
  const purl = debPackageUrl(fact, os)
  if (os === null) return { subject: null, skipReason: 'unsupported-os', purl }
  if (!fact.sourceName || !fact.sourceVersion) return { subject: null, skipReason: 'no-version', purl }
  return {
    subject: {
      space: space(os.release),
      lookupKey: fact.sourceName,
      comparer: 'dpkg',
      version: spellVersion(fact.sourceEpoch, fact.sourceVersion, fact.sourceRelease),
      arch: null,
      cpeContext: null,
      flavour: null,
    },
    skipReason: null,
    purl,
  }
}
