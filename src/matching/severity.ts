import type { Severity } from '../core/index.ts'

export interface EffectiveSeverity {
  readonly severity: Severity
  /** Source id whose word it is; '' for the record's own word, or nobody's. */
  readonly source: string
}

/**
 * The severity that a finding gets, by Trivy's order (pkg/vulnerability): the advisory's own for the package; its data
 * source's; GitHub's for a GHSA id; NVD's; the record's own word; UNKNOWN. Pure, of stored inputs: changed details need
 * no new match.
 * @param own the advisory's own severity and whose word it is, where the detector honours it; wins over all
 * @param sourceId data source of the advisory's bucket; null when the database does not say
 * @param vendorSeverity of the vulnerability record, by source id; undefined without a record
 * @param recordSeverity the record's own word
 */
export function effectiveSeverity(
  own: EffectiveSeverity | null,
  sourceId: string | null,
  vendorSeverity: Readonly<Record<string, Severity>> | undefined,
  recordSeverity: Severity | null,
  vulnerabilityId: string,
): EffectiveSeverity {
  if (own !== null) return own
  const candidates = [sourceId, vulnerabilityId.startsWith('GHSA-') ? 'ghsa' : null, 'nvd']
  for (const source of candidates) {
    if (source === null || vendorSeverity === undefined || !Object.hasOwn(vendorSeverity, source)) continue
    const severity = vendorSeverity[source]
    if (severity !== undefined) return { severity, source }
  }
  return { severity: recordSeverity ?? 'UNKNOWN', source: '' }
}
