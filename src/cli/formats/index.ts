import type { Style } from '../terminal.ts'
import { formatJson } from './json.ts'
import type { Format } from './names.ts'
import type { Report } from './report.ts'
import { formatSarif } from './sarif.ts'
import { formatTable } from './table.ts'
import { formatTrivy } from './trivy.ts'

export type { Format }

export function formatReport(format: Format, report: Report, style: Style): string {
  switch (format) {
    case 'table':
      return formatTable(report, style)
    case 'json':
      return formatJson(report)
    case 'trivy':
      return formatTrivy(report)
    case 'sarif':
      return formatSarif(report)
  }
}
