import type { DatabaseState, VulnerabilityDatabase } from '../../contract/index.ts'
import { number } from './format.ts'

/** What goes on because of new data, after the data's age: `; matching 1,200 of 40,000 packages again`. '' when nothing does. */
export function progressText({ matching, renewing }: VulnerabilityDatabase['progress']): string {
  const parts = [
    matching === null
      ? ''
      : `; matching ${number(matching.done)} of ${number(matching.total)} packages again`,
    renewing === null ? '' : `; renewing ${number(renewing.done)} of ${number(renewing.total)} images`,
  ]
  return parts.join('')
}

/** `Java database updated 5 hours ago`, or that there is none. */
export function javaText({ digest, message }: DatabaseState): string {
  return digest === null ? message : `Java database ${message}`
}
