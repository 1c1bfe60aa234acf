import { Group, Text, UnstyledButton } from '@mantine/core'
import type { Severity, SeverityCounts } from '../../../contract/index.ts'
import { SeverityLetter } from '../../components/severity.tsx'
import { type FindingSearch, without } from '../../lib/address.ts'
import { number } from '../../lib/format.ts'
import { SEVERITIES, SEVERITY_NAMES } from '../../lib/severity.ts'
import classes from './findings.module.css'

export interface SeverityChipsProps {
  counts: SeverityCounts | undefined
  search: FindingSearch
  change: (search: FindingSearch) => void
}

/** The counts of each severity under the other filters; a chip adds its severity to the filter or takes it away. */
export function SeverityChips({ counts, search, change }: SeverityChipsProps) {
  const chosen = search.severity ?? []
  const toggle = (severity: Severity): void => {
    const next = SEVERITIES.filter((item) => chosen.includes(item) !== (item === severity))
    const rest = without(search, 'severity')
    change(next.length === 0 ? rest : { ...rest, severity: next })
  }
  return (
    <Group gap={6} mb="sm" component="fieldset" aria-label="Severity" className={classes['chips'] ?? ''}>
      {SEVERITIES.map((severity) => (
        <UnstyledButton
          key={severity}
          className={classes['chip'] ?? ''}
          aria-pressed={chosen.includes(severity)}
          onClick={() => toggle(severity)}
        >
          <SeverityLetter severity={severity} silent />
          <Text span size="xs" fw={500}>
            {SEVERITY_NAMES[severity]}
          </Text>
          <Text span size="xs" fw={700} className="tabular">
            {counts === undefined ? '…' : number(counts[severity])}
          </Text>
        </UnstyledButton>
      ))}
    </Group>
  )
}
