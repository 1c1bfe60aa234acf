import type { PackageFact } from '../../indexing/index.ts'
import type { Coordinates } from './coordinates.ts'

/** @param place within the file, where it is not the file itself */
export function packageFact(
  { group, artifact, version }: Coordinates,
  place: Pick<PackageFact, 'path'>,
): PackageFact {
  return { name: `${group}:${artifact}`, version, ...place }
}
