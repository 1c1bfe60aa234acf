import type { Difference } from '../equality/compare.ts'

/** A difference from the Trivy that the goldens were made with, wanted and explained. */
export interface Exception {
  /** Where it shows: names of test/equality/images. */
  readonly images: readonly string[]
  /** The version that differs. */
  readonly trivy: string
  /** What Portolan does instead. */
  readonly rule: string
  /** Why that is right: the change in Trivy itself, or its fault. */
  readonly source: string
  covers(difference: Difference): boolean
}
