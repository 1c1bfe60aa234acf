import {
  createVexOverlay,
  type VexSource,
  type VexSubject,
  type VexTarget,
  type VexVerdict,
} from '../../vex/index.ts'
import type { ScannedFinding, ScannedGroup } from './scan-inventory.ts'

/** A finding that a statement takes off the list. */
export interface SuppressedFinding {
  readonly group: Pick<ScannedGroup, 'kind' | 'type' | 'title'>
  readonly finding: ScannedFinding
  readonly verdict: VexVerdict
}

/** What the SBOM that is scanned calls a finding's package. */
export type StatedNames = Pick<VexTarget, 'ref' | 'statedPurl'>

/** Takes off the list what statements say does not matter; it is kept beside, with the statement. */
export function applyVex(
  groups: readonly ScannedGroup[],
  sources: readonly VexSource[],
  subject: VexSubject,
  statedOf: (finding: ScannedFinding) => StatedNames = () => ({ ref: null }),
): { groups: readonly ScannedGroup[]; suppressed: readonly SuppressedFinding[] } {
  if (sources.length === 0) return { groups, suppressed: [] }
  const overlay = createVexOverlay(sources, subject)
  const suppressed: SuppressedFinding[] = []
  const left = groups.map((group) => ({
    ...group,
    findings: group.findings.filter((finding) => {
      const { match, package: item } = finding
      const target = { vulnerability: match.vulnerabilityId, purl: item.purl, ...statedOf(finding) }
      const verdict = overlay.verdict(target)
      if (verdict !== undefined) suppressed.push({ group, finding, verdict })
      return verdict === undefined
    }),
  }))
  return { groups: left, suppressed }
}
