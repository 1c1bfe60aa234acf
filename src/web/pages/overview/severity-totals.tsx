import { Group, Skeleton, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { findingSummaryQuery } from '../../api/queries.ts'
import { Failed } from '../../components/faces.tsx'
import { LinkPlain } from '../../components/links.tsx'
import { SeverityLetter } from '../../components/severity.tsx'
import { number } from '../../lib/format.ts'
import { SEVERITIES, SEVERITY_NAMES } from '../../lib/severity.ts'
import classes from './overview.module.css'

export function SeverityTotals() {
  const summary = useQuery(findingSummaryQuery({}))
  if (summary.isError && summary.data === undefined) {
    return (
      <Failed error={summary.error} retry={() => void summary.refetch()} title="Findings cannot be counted" />
    )
  }
  return (
    <section aria-label="Findings by severity" className={classes['totals']}>
      {SEVERITIES.map((severity) => (
        <LinkPlain
          key={severity}
          to="/findings"
          search={{ severity: [severity] }}
          className={classes['total'] ?? ''}
        >
          <Group gap={8}>
            <SeverityLetter severity={severity} silent />
            <Text span size="sm" c="dimmed">
              {SEVERITY_NAMES[severity]}
            </Text>
          </Group>
          {summary.data === undefined ? (
            <Skeleton height={26} width={60} mt={4} />
          ) : (
            <span className={classes['figure']}>{number(summary.data.counts[severity])}</span>
          )}
        </LinkPlain>
      ))}
    </section>
  )
}
