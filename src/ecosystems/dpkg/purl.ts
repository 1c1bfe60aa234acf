import type { PackageFact } from '../../indexing/index.ts'
import type { OperatingSystem } from '../../inventory/index.ts'
import { packageUrl, spellVersion } from '../index.ts'

/** purl-spec, type `deb`: the epoch is a qualifier, as Trivy has it. */
export function debPackageUrl(fact: PackageFact, os: OperatingSystem | null): string {
  return packageUrl({
    type: 'deb',
    ...(os === null ? {} : { namespace: os.family }),
    name: fact.name.toLowerCase(),
    version: spellVersion(0, fact.version, fact.release),
    qualifiers: {
      arch: fact.arch,
      distro: os === null ? undefined : `${os.family}-${os.release}`,
      epoch: fact.epoch ? String(fact.epoch) : undefined,
    },
  })
}
