import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Whether a version satisfies a constraint, as another program says; undefined when it takes one of the two for none. */
export type VersionRow = readonly [version: string, constraint: string, satisfied: boolean | undefined]

/** Which of two versions is the higher, as another program says: negative, zero, positive. */
export type OrderRow = readonly [left: string, right: string, order: number]

/** A table of test/fixtures/versions; its first line names the program whose answers it holds. */
export function versionTable(name: string): VersionRow[] {
  return linesOf(name).map(([version = '', constraint = '', answer]) => {
    return [version, constraint, answer === 'undefined' ? undefined : answer === 'true']
  })
}

/** The same for pairs of versions. */
export function orderTable(name: string): OrderRow[] {
  return linesOf(name).map(([left = '', sign = '', right = '']) => [left, right, '<=>'.indexOf(sign) - 1])
}

function linesOf(name: string): string[][] {
  const file = join(import.meta.dirname, '../../test/fixtures/versions', `${name}.tsv`)
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t'))
}
