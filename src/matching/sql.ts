/**
 * The side of matching that needs the SQL database: generations of vulnerability data, the fence between matching and their
 * change, stored matches. A door of its own, because the command line has no such database.
 */
export { type Arrival, type DatabaseChanged, useDatabase } from './change.ts'
export { markChanged } from './changes/store.ts'
export { foldSetCounts, recountSets } from './counts/store.ts'
export { drainDetails } from './details.ts'
export { changeDatabase, currentGeneration, outdateMatchers } from './generations/store.ts'
export { type EngineVerdicts, saveEngineVerdicts } from './engines/store.ts'
export { matchingProgress, noteOutdated } from './progress/store.ts'
export {
  drainStale,
  type MatchedPair,
  type MatchingContext,
  matchInventory,
  type OpenMatcher,
} from './rematch.ts'
export { MATCHES_LOCK } from './store.ts'
export { forgetVerdicts } from './sweep/store.ts'
