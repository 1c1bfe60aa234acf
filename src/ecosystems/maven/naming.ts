import type { Naming } from '../../indexing/index.ts'
import { packageFact } from './package-fact.ts'
import { uniquePackages } from './unique-packages.ts'

/**
 * Names for archives that have none of their own, in Trivy's order: what the manifest claims, if it exists; who the bytes belong to;
 * the group that publishes an artifact of the file's name. The last is a guess.
 */
export const naming: Naming = {
  name({ sha1, claimed, guessed, path }, names) {
    if (names === null) return undefined
    const place = path === undefined ? {} : { path }
    if (claimed !== undefined && names.exists(claimed.group, claimed.artifact)) {
      return { package: packageFact(claimed, place), certain: true }
    }
    const published = names.bySha1(sha1)
    if (published !== undefined) return { package: packageFact(published, place), certain: true }
    if (guessed === undefined) return undefined
    const group = names.groupOf(guessed.artifact, guessed.version)
    return group === undefined
      ? undefined
      : { package: packageFact({ group, ...guessed }, place), certain: false }
  },

  unique: uniquePackages,

  missing: (count) =>
    `${count === 1 ? 'A Java archive has' : `${count} Java archives have`} no name of ${count === 1 ? 'its' : 'their'} own and could not be looked up, for there is no Java database. Fetch it with "portolan db update".`,
}
