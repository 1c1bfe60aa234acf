import type { AppError } from '../core/index.ts'
import { vexError } from './errors.ts'
import type { VexDocument, VexStatement } from './ports.ts'

/** What one document may say; the largest real ones say a tenth of it. */
export const VEX_LIMITS = {
  /** Ids of the vulnerability of one statement: its name and aliases. */
  ids: 200,
  /** Over all statements: ids of the vulnerability, times names of products and parts. */
  pairs: 500_000,
} as const

/** @throws AppError `vex-too-large` (invalid): each list of findings would pay for it */
export function checkSize(document: VexDocument): VexDocument {
  let pairs = 0
  for (const statement of document.statements) {
    const ids = statement.vulnerabilities.length
    if (ids > VEX_LIMITS.ids) {
      throw vexError(
        'vex-too-large',
        `A statement of the VEX document has ${ids} names and aliases for its vulnerability; at most ${VEX_LIMITS.ids} are read.`,
      )
    }
    pairs += ids * namesIn(statement)
  }
  if (pairs <= VEX_LIMITS.pairs) return document
  throw tooManyProducts(pairs)
}

/** @param pairs how many there are, where they were counted to the end */
export function tooManyProducts(pairs?: number): AppError {
  const many = pairs === undefined ? 'too many' : String(pairs)
  return vexError(
    'vex-too-large',
    `The VEX document names ${many} products of its vulnerabilities; at most ${VEX_LIMITS.pairs} are read.`,
  )
}

/** Parts that products share count once, as they are kept. */
function namesIn({ products }: VexStatement): number {
  let count = 0
  const seen = new Set<VexStatement['products'][number]['parts']>()
  for (const { ids, parts, versions = [] } of products) {
    count += ids.length + versions.length
    if (seen.has(parts)) continue
    seen.add(parts)
    for (const part of parts) count += part.length
  }
  return count
}
