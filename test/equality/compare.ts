import type { Answer, FindingRow, PackageRow } from './golden.ts'

/** A row that one of the two programs has and the other has not. */
export interface Difference {
  readonly side: 'trivy' | 'portolan'
  readonly row: PackageRow | FindingRow | { readonly purl: string } | { readonly os: string | null }
}

export function differences(ours: Answer, theirs: Answer): Difference[] {
  return [
    ...missingIn(rowsOf(ours), rowsOf(theirs), 'trivy'),
    ...missingIn(rowsOf(theirs), rowsOf(ours), 'portolan'),
  ]
}

function rowsOf(answer: Answer): Difference['row'][] {
  return [
    { os: answer.os },
    ...answer.packages,
    ...answer.purls.map((purl) => ({ purl })),
    ...answer.findings,
  ]
}

/** Counted: a row that is there twice must be there twice. */
function missingIn(
  has: readonly Difference['row'][],
  wanted: readonly Difference['row'][],
  side: Difference['side'],
): Difference[] {
  const counts = new Map<string, number>()
  for (const row of has) counts.set(JSON.stringify(row), (counts.get(JSON.stringify(row)) ?? 0) + 1)
  return wanted.flatMap((row) => {
    const key = JSON.stringify(row)
    const left = counts.get(key) ?? 0
    counts.set(key, left - 1)
    return left > 0 ? [] : [{ side, row }]
  })
}
