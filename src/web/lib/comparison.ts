import type { SbomComparison } from '../../contract/index.ts'
import { counted, number } from './format.ts'

/** "Agrees: both name the same 12 packages.", or what the SBOM names too much and too little. */
export function comparisonWords({ common, onlyInSbom, onlyInImage }: SbomComparison): string {
  if (onlyInSbom === 0 && onlyInImage === 0) {
    return common === 1
      ? 'Agrees: both name the same package.'
      : `Agrees: both name the same ${number(common)} packages.`
  }
  const parts = [
    ...(onlyInSbom === 0
      ? []
      : [`names ${counted(onlyInSbom, 'package')} that ${onlyInSbom === 1 ? 'was' : 'were'} not found`]),
    ...(onlyInImage === 0
      ? []
      : [`misses ${counted(onlyInImage, 'package')} that ${onlyInImage === 1 ? 'was' : 'were'} found`]),
  ]
  const text = parts.join(', and ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}; ${number(common)} in common.`
}
