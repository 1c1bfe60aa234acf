import type { IndexingPlugin } from '../indexing/index.ts'
import type { MatchingPlugin } from '../matching/index.ts'

/** How libraries that Seal patched are told from others, in one ecosystem. */
export interface SealedMarks {
  /** Of a name as it is looked up, that Seal alone gives. */
  readonly name: RegExp
  /** Of a version. */
  readonly version: RegExp
  /** Whether such a version is proof. If not, it counts only where Seal states something on the package. */
  readonly isProof: boolean
}

/**
 * Has the libraries that Seal patched looked up in its statements in place of the ecosystem's own (Trivy 0.74,
 * pkg/detector/library/seal). For system packages see suppliers.ts.
 */
export function withSealedLibraries(
  plugin: IndexingPlugin & MatchingPlugin,
  marks: SealedMarks,
): IndexingPlugin & MatchingPlugin {
  return {
    ...plugin,
    subject: (fact) => {
      const verdict = plugin.subject?.(fact) ?? { subject: null, skipReason: null }
      if (verdict.subject === null) return verdict
      const { space, lookupKey, version } = verdict.subject
      const isMarked = marks.version.test(version)
      if (marks.name.test(lookupKey) || (isMarked && marks.isProof)) {
        return { ...verdict, subject: { ...verdict.subject, space: `seal ${space}` } }
      }
      return isMarked
        ? { ...verdict, subject: { ...verdict.subject, space: `${space}\nseal ${space}` } }
        : verdict
    },
    select: (subject, advisories, database) => {
      const sealed = subject.space.includes('\n')
        ? advisories.filter(({ bucket }) => bucket.startsWith('seal '))
        : []
      const found = sealed.length > 0 ? sealed : advisories
      return plugin.select?.(subject, found, database) ?? found
    },
  }
}
