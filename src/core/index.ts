/**
 * Words that every room shares: digests, image references, platforms, severities, errors, secrets, time, ids.
 * Pure: imports nothing, runs in Node and in a browser.
 */
export {
  AppError,
  type AppErrorOptions,
  type ErrorKind,
  isAppError,
  isRetryable,
  toAppError,
} from './app-error.ts'
export { type Clock, systemClock } from './clock.ts'
export {
  type Digest,
  digestBytes,
  digestFromHex,
  digestHex,
  digestOfBytes,
  isDigest,
  parseDigest,
  shortDigest,
} from './digest.ts'
export { BUILT_IN_ENGINE } from './engine.ts'
export { type HostList, hostList, isHostEntry } from './host-list.ts'
export { isUuid, newId } from './ids.ts'
export {
  formatImageReference,
  type ImageReference,
  isRepositoryName,
  isTag,
  manifestReference,
  parseImageReference,
} from './image-reference.ts'
export {
  canonicalPackageUrl,
  type PackageUrl,
  type PackageUrlParts,
  packageUrl,
  parsePackageUrl,
  versionWithEpoch,
} from './package-url.ts'
export {
  COUNT_LIMIT,
  decodeCursor,
  encodeCursor,
  type Page,
  type PageRequest,
  pageOf,
  totalText,
} from './page.ts'
export {
  DEFAULT_PLATFORM,
  formatPlatform,
  type Platform,
  parsePlatform,
  platformMatches,
} from './platform.ts'
export { type Reason, reasonOf } from './reason.ts'
export { safeText } from './safe-text.ts'
export { Secret } from './secret.ts'
export {
  countSeverities,
  isSeverity,
  NO_COUNTS,
  SEVERITIES,
  type Severity,
  type SeverityCounts,
  severityOfRank,
  severityRank,
} from './severity.ts'
export { strip, stripEnd, stripStart } from './strip.ts'
