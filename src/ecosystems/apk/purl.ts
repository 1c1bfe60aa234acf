import type { PackageFact } from '../../indexing/index.ts'
import type { OperatingSystem } from '../../inventory/index.ts'
import { packageUrl, spellVersion } from '../index.ts'

/** purl-spec, type `apk`; `distro` is the release alone, as Trivy has it. */
export function apkPackageUrl(fact: PackageFact, os: OperatingSystem | null): string {
  return packageUrl({
    type: 'apk',
    ...(os === null ? {} : { namespace: os.family }),
    name: fact.name.toLowerCase(),
    version: spellVersion(0, fact.version, fact.release),
    qualifiers: {
      arch: fact.arch,
      distro: os?.release,
      epoch: fact.epoch ? String(fact.epoch) : undefined,
    },
  })
}
