import type { Analyzer, LayerFact, PackageFact } from '../../indexing/index.ts'
import { damageFacts } from '../index.ts'
import { OwnedFiles } from './owned-files.ts'
import { packageFact } from './package-facts.ts'
import { damaged } from './rpmdb/bytes.ts'
import { RpmHeader } from './rpmdb/header.ts'
import { readHeaders } from './rpmdb/read-headers.ts'
import { isOfficial } from './vendors.ts'

/** The last is CoreOS's (Trivy 0.67, aquasecurity/trivy#9448). */
const paths = new Set([
  'usr/lib/sysimage/rpm/Packages',
  'var/lib/rpm/Packages',
  'usr/lib/sysimage/rpm/Packages.db',
  'var/lib/rpm/Packages.db',
  'usr/lib/sysimage/rpm/rpmdb.sqlite',
  'var/lib/rpm/rpmdb.sqlite',
  'usr/share/rpm/rpmdb.sqlite',
])

/** Whole installations of a distribution have some 10,000. */
const MAX_PACKAGES = 100_000

/** Reads rpm's database of installed packages, and the files that the distribution's own ones have. */
export const databasesAnalyzer: Analyzer = {
  id: 'rpm-databases',
  version: 1,
  maxSize: 256 * 1024 * 1024,
  wants: (file) => paths.has(file.path),
  read: (path, content): LayerFact[] => {
    const packages: PackageFact[] = []
    const owned = new OwnedFiles()
    let nameless = 0
    for (const blob of readHeaders(content)) {
      const header = new RpmHeader(blob)
      if (packages.length === MAX_PACKAGES) throw damaged('it has more packages than any system')
      const fact = packageFact(header)
      if (fact === undefined) nameless += 1
      else if (isOfficial(fact)) {
        packages.push(fact)
        owned.add(header)
      } else packages.push({ ...fact, thirdParty: true })
    }
    return [
      { kind: 'packages', scope: 'os', ecosystem: 'rpm', path, packages },
      { kind: 'owned-files', files: owned.files },
      ...damageFacts(nameless),
    ]
  },
}
