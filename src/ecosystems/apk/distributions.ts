import type { Distribution } from '../../indexing/index.ts'
import { spellVersion } from '../index.ts'
import { apkPackageUrl } from './purl.ts'

/** Advisories stand under the origin and X.Y; the release of etc/apk/repositories goes before the image's own. */
export const alpine: Distribution = {
  family: 'alpine',
  subject: (fact, { os, repository }) => {
    const purl = apkPackageUrl(fact, os)
    const release = repository?.family === 'alpine' ? repository.release : os?.release
    if (release === undefined) return { subject: null, skipReason: 'unsupported-os', purl }
    return {
      subject: {
        space: `alpine ${minorOf(release)}`,
        lookupKey: fact.sourceName || fact.name,
        comparer: 'apk',
        // Without an origin line there is no version to compare, and Trivy takes the empty one: below every fix.
        version: spellVersion(fact.sourceEpoch, fact.sourceVersion ?? '', fact.sourceRelease),
        arch: null,
        cpeContext: null,
        flavour: null,
      },
      skipReason: null,
      purl,
    }
  },
}

/** `3.18.4` → `3.18`; what has fewer than two dots stays. */
function minorOf(release: string): string {
  return release.split('.').length > 2 ? release.slice(0, release.lastIndexOf('.')) : release
}
