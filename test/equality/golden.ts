/** One answer to "what is in this image, and what is wrong with it", in the fields that two programs can agree on. */
export interface Answer {
  readonly os: string | null
  readonly packages: readonly PackageRow[]
  readonly purls: readonly string[]
  readonly findings: readonly FindingRow[]
}

export interface PackageRow {
  readonly name: string
  readonly version: string
  readonly arch: string
  readonly source: string
  readonly path: string
  /** Diff ID of the layer that brought it. */
  readonly layer: string
}

export interface FindingRow {
  readonly vulnerability: string
  readonly package: string
  readonly installed: string
  readonly fixed: string
  readonly severity: string
  readonly severitySource: string
  readonly status: string
  readonly path: string
  readonly layer: string
}

/** Rows in one order, whoever gave them. */
export function sorted(answer: Answer): Answer {
  return {
    os: answer.os,
    packages: sortRows(answer.packages),
    purls: [...new Set(answer.purls)].sort(),
    findings: sortRows(answer.findings),
  }
}

/** JSON with a row a line, so that a change reads as a change. */
export function formatAnswer(answer: Answer): string {
  const list = (rows: readonly unknown[]): string =>
    rows.length === 0 ? '[]' : `[\n${rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n')}\n  ]`
  return [
    '{',
    `  "os": ${JSON.stringify(answer.os)},`,
    `  "packages": ${list(answer.packages)},`,
    `  "purls": ${list(answer.purls)},`,
    `  "findings": ${list(answer.findings)}`,
    '}\n',
  ].join('\n')
}

function sortRows<Row extends object>(rows: readonly Row[]): Row[] {
  const keyed = rows.map((row) => ({ row, key: Object.values(row).join('\u0000') }))
  return keyed.sort((left, right) => (left.key < right.key ? -1 : 1)).map(({ row }) => row)
}
