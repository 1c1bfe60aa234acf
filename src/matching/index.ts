/**
 * Subjects × advisories → matches: which rule decides, which severity and status follow.
 * Must not know images, layers, packages or any ecosystem by name: an ecosystem hands in its version order.
 */
export { isBelowFix, isInVulnerableRange, libraryFixedVersion, type CompareVersions } from './affected.ts'
export { BUILT_IN_ENGINE, createMatcher, type MatcherOptions } from './matcher.ts'
export type * from './ports.ts'
export { effectiveSeverity, type EffectiveSeverity } from './severity.ts'
