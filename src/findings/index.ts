/**
 * What is wrong in which repository: postings (what it holds since when), counters, lists, details. Findings themselves are
 * derived by joins and never stored. It must not know how images are read, nor what a registry is.
 */
export * from './ports.ts'
export { countEverywhere, foldCounters, recountChanged } from './counters/store.ts'
export { dueRepositories, recomputePostings } from './postings/store.ts'
export { createFindingService } from './service.ts'
export { sweepPostings } from './sweep/store.ts'
