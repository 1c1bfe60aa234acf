import type { VulnerabilityDatabase } from '../../contract/index.ts'
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
