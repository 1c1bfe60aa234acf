import { Text, VisuallyHidden } from '@mantine/core'
import type { Severity, SeverityCounts } from '../../contract/index.ts'
import { compact } from '../lib/format.ts'
import { countsInWords, SEVERITIES, SEVERITY_NAMES, severityLetter, totalOf } from '../lib/severity.ts'
import classes from './severity.module.css'

/** The letter on its colour; the word is for who does not see it. */
export function SeverityLetter({ severity, silent = false }: { severity: Severity; silent?: boolean }) {
  return (
    <>
      <span className={`${classes['letter']} ${classes[severity]}`} aria-hidden>
        {severityLetter(severity)}
      </span>
      {silent ? null : <VisuallyHidden>{SEVERITY_NAMES[severity]}</VisuallyHidden>}
    </>
  )
}

export function SeverityWord({ severity }: { severity: Severity }) {
  return (
    <span className={classes['word']}>
      <SeverityLetter severity={severity} silent />
      {SEVERITY_NAMES[severity]}
    </span>
  )
}

/** Counts as short numbers over a stacked bar; the whole sentence on hover and for a screen reader. */
export function SeverityBar({ counts }: { counts: SeverityCounts }) {
  const total = totalOf(counts)
  if (total === 0) {
    return (
      <Text span size="xs" c="dimmed">
        No findings
      </Text>
    )
  }
  const words = countsInWords(counts)
  const shown = SEVERITIES.filter((severity) => counts[severity] > 0)
  return (
    <span className={classes['bar']} title={words}>
      <VisuallyHidden>{words}</VisuallyHidden>
      <span className={classes['numbers']} aria-hidden>
        {shown.map((severity) => (
          <span key={severity} className={classes[severity]} data-severity={severity}>
            <b>{severityLetter(severity)}</b>
            {compact(counts[severity])}
          </span>
        ))}
      </span>
      <span className={classes['track']} aria-hidden>
        {shown.map((severity) => (
          <span
            key={severity}
            className={`${classes['part']} ${classes[severity]}`}
            style={{ flexGrow: counts[severity] / total }}
          />
        ))}
      </span>
    </span>
  )
}
