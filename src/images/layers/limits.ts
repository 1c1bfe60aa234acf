/** What one layer may cost. Real layers stay far below; what exceeds it is refused whole, never read in part. */
export interface LayerLimits {
  readonly maxEntries: number
  /** Bytes; Linux opens no longer path (limits.h, PATH_MAX). */
  readonly maxPathLength: number
  /** Bytes. */
  readonly maxUnpackedSize: number
  /** Unpacked to compressed bytes, watched from `ratioFrom` unpacked bytes on: gzip reaches 1,030, true layers about 20. */
  readonly maxRatio: number
  readonly ratioFrom: number
}

const MIB = 1024 * 1024

export const LAYER_LIMITS: LayerLimits = {
  maxEntries: 5_000_000,
  maxPathLength: 4_096,
  maxUnpackedSize: 100 * 1024 * MIB,
  maxRatio: 200,
  ratioFrom: 256 * MIB,
}
