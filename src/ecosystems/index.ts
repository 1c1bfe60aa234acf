/**
 * What the ecosystems have in common: package URLs, versions spelled out, os-release.
 * Must not know any single ecosystem: those are the folders below, and app/ecosystems.ts lists them.
 */
export { damageFacts } from './damage.ts'
export { describeOsPackage, spellVersion } from './os-package.ts'
export { createOsReleaseAnalyzer } from './os-release.ts'
export { packageUrl } from '../core/index.ts'
export { isOutsideOfPrograms } from './skipped-paths.ts'
export { decodeText, firstLine } from './text.ts'
