/**
 * What is wrong in which repository: postings, lists, counters.
 */
export * from './ports.ts'
