import { safeText } from '../core/index.ts'
import type { OperatingSystem, PackageSet } from '../inventory/index.ts'
import type { MergedPackage } from './merge.ts'
import type { Distribution, IndexingPlugin } from './ports.ts'

/** The one that speaks for all OS packages of the image: its family's, or that of who rebuilt them. */
export function distributionOf(
  plugins: readonly IndexingPlugin[],
  os: OperatingSystem | null,
  packages: readonly MergedPackage[],
): Distribution | undefined {
  if (os === null) return undefined
  const own = plugins.flatMap((plugin) => plugin.distributions).find(({ family }) => family === os.family)
  if (own?.inPlace === undefined) return own
  const facts = packages.filter(({ file }) => file.scope === 'os').map(({ fact }) => fact)
  return own.inPlace(facts, os) ?? own
}

export function withEndOfLife(
  os: OperatingSystem | null,
  distribution: Distribution | undefined,
): OperatingSystem | null {
  const endOfLife = os === null ? undefined : distribution?.endOfLife?.(os)
  return os === null || endOfLife === undefined ? os : { ...os, endOfLife }
}

/** What people must know about OS packages that no advisory can be found for, lest they take silence for health. */
export function unmatchedNotes({ entries }: PackageSet, os: OperatingSystem | null): string[] {
  const uncovered = entries.filter((entry) => entry.package.skipReason === 'unsupported-os').length
  const ofNoProduct = entries.filter((entry) => entry.package.subject?.cpeContext === '[]').length
  const why =
    os === null
      ? 'nothing says which operating system it is'
      : `no vulnerability data covers ${safeText(`${os.family} ${os.release}`, 100)}`
  return [
    ...noteOf(uncovered, why),
    ...noteOf(ofNoProduct, 'nothing says which products of the vendor the image was built from'),
  ]
}

function noteOf(count: number, why: string): string[] {
  if (count === 0) return []
  return [`${count === 1 ? '1 OS package is' : `${count} OS packages are`} listed but not matched: ${why}.`]
}
