import type { PackageFact } from '../../indexing/index.ts'
import type { OperatingSystem } from '../../inventory/index.ts'
import { packageUrl, spellVersion } from '../index.ts'

/** purl-spec, type `rpm`: epoch and module are qualifiers, as Trivy has it. */
export function rpmPackageUrl(fact: PackageFact, os: OperatingSystem | null): string {
  return packageUrl({
    type: 'rpm',
    ...(os === null ? {} : { namespace: namespaceOf(os.family) }),
    name: fact.name,
    version: spellVersion(0, fact.version, fact.release),
    qualifiers: {
      arch: fact.arch,
      distro: os === null ? undefined : `${os.family}-${os.release}`,
      epoch: fact.epoch ? String(fact.epoch) : undefined,
      modularitylabel: os === null ? undefined : fact.modularityLabel,
    },
  })
}

/** The vendor of several families, where the family is not one itself (Trivy 0.74, OSType.PurlNamespace). */
function namespaceOf(family: string): string {
  if (/^(?:sles|slem|suse linux enterprise)/.test(family)) return 'suse'
  if (family.startsWith('opensuse')) return 'opensuse'
  return family.toLowerCase()
}
