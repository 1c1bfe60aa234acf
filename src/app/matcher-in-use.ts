import {
  type AdvisoryDatabase,
  databaseFolder,
  loadSignature,
  openCurrentDatabase,
} from '../advisories/index.ts'
import type { OpenMatcher } from '../matching/sql.ts'
import { ecosystems } from './ecosystems.ts'
import { createBuiltInMatcher } from './engine.ts'

/** The vulnerability database that this process matches with, opened. */
export interface MatcherInUse {
  /** undefined while there is none. */
  get(): OpenMatcher | undefined
  /** Opens the database that is current in the folder and uses it from now on. @throws AppError of `openCurrentDatabase` */
  replace(): OpenMatcher
  close(): void
}

/** @param dir folder of the databases */
export function createMatcherInUse(dir: string): MatcherInUse {
  let current: OpenMatcher | undefined
  let before: AdvisoryDatabase | undefined
  return {
    get: () => current,
    replace() {
      const database = openCurrentDatabase(dir)
      const versions = Object.fromEntries(ecosystems.map(({ id, matcherVersion }) => [id, matcherVersion]))
      // What was replaced may still be read by a step that is under way; what was replaced before it is not any more.
      before?.close()
      before = current?.database
      const signature = () => loadSignature(databaseFolder(dir, database.digest), database.digest)
      current = { matcher: createBuiltInMatcher(database), database, versions, signature }
      return current
    },
    close() {
      before?.close()
      current?.database.close()
    },
  }
}
