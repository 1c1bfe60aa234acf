import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Whether a version satisfies a constraint, as another program says; undefined when it takes one of the two for none. */
export type VersionRow = readonly [version: string, constraint: string, satisfied: boolean | undefined]

/** A table of test/fixtures/versions; its first line names the program whose answers it holds. */
export function versionTable(name: string): VersionRow[] {
  const file = join(import.meta.dirname, '../../test/fixtures/versions', `${name}.tsv`)
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [version = '', constraint = '', answer] = line.split('\t')
      return [version, constraint, answer === 'undefined' ? undefined : answer === 'true']
    })
}
