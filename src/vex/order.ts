import type { VexStatement } from './ports.ts'

/** Of those that match, the last holds. Stable: statements of one time stay in the document's order. */
export function oldestFirst(statements: readonly VexStatement[]): VexStatement[] {
  return statements.toSorted((left, right) => (left.time ?? 0) - (right.time ?? 0))
}
