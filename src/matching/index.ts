/**
 * Subjects × advisories → matches: which rule decides, which severity and status follow.
 * Must not know images, layers, packages or any ecosystem by name: an ecosystem hands in its version order.
 */
export { isBelowFix, isInVulnerableRange, libraryFixedVersion } from './affected.ts'
export { createMatcher } from './matcher.ts'
export type * from './ports.ts'
export { effectiveSeverity } from './severity.ts'
