import { Text } from '@mantine/core'
import type { Finding } from '../../../contract/index.ts'
import { LinkAnchor } from '../../components/links.tsx'

/** The row's main link: it opens the details. */
export function FindingLink({ finding }: { finding: Finding }) {
  return (
    <LinkAnchor
      to="/findings"
      search={(old) => ({ ...old, finding: finding.id })}
      resetScroll={false}
      data-row-link
      c="inherit"
      fw={600}
      size="sm"
      underline="never"
    >
      {finding.vulnerabilityId}
    </LinkAnchor>
  )
}

/** The status of a vulnerability database in words: `will_not_fix` → "will not fix". */
export function statusWords(status: string): string {
  return status.replaceAll(/[_-]/g, ' ')
}

export function Fix({ finding }: { finding: Pick<Finding, 'fixedVersion' | 'status' | 'vex'> }) {
  if (finding.vex !== null) {
    return (
      <Text span inherit c="dimmed">
        {statusWords(finding.vex.status)} (VEX)
      </Text>
    )
  }
  if (finding.fixedVersion !== '') {
    return (
      <span className="mono" title={finding.fixedVersion}>
        {finding.fixedVersion}
      </span>
    )
  }
  return (
    <Text span inherit c="dimmed">
      {finding.status === '' || finding.status === 'affected' ? 'no fix yet' : statusWords(finding.status)}
    </Text>
  )
}
