/**
 * What the ecosystems have in common: constraints on versions, package URLs, versions spelled out, zip archives, os-release, what operating systems say of packages.
 * Must not know any single ecosystem: those are the folders below, and app/ecosystems.ts lists them.
 */
export {
  type Bound,
  constraintGrammar,
  createConstraintReader,
  holdsByOrder,
  someHold,
} from './constraint.ts'
export { damageFacts } from './damage.ts'
export { compareGenericVersions } from './generic-version.ts'
export { compareDebVersions, type DebVersion, parseDebVersion } from './deb-version.ts'
export { endOfLastDay, type LastDays } from './end-of-life.ts'
export { describeOsPackage, spellVersion } from './os-package.ts'
export {
  compareDigits,
  compareIdentifiers,
  compareIntegers,
  type Integer,
  increment,
  parseInteger,
  parseIntegers,
  withoutTrailingZeros,
} from './integer.ts'
export { decodeGoObject } from './go-json.ts'
export {
  describeLibrary,
  genericRules,
  libraryFacts,
  librarySubject,
  pathPackageUrl,
  rangeRules,
} from './library.ts'
export { splitLicenses } from './licenses.ts'
export { isExecutableFile } from './executable-files.ts'
export { type JsonObject, jsonObject, jsonObjectField, jsonTextField } from './json-fields.ts'
export { createOsReleaseAnalyzer } from './os-release.ts'
export { majorOf, matchedAs, minorOf, notMatched, type OsVerdict, skipReasonOf } from './os-subject.ts'
export { packageUrl } from '../core/index.ts'
export { type SealedMarks, withSealedLibraries } from './sealed-libraries.ts'
export { isOutsideOfPrograms } from './skipped-paths.ts'
export { type Suppliers, withSuppliers, withSuppliersRules } from './suppliers.ts'
export { decodeText, firstLine } from './text.ts'
export { Budget, BudgetSpent } from './zip-budget.ts'
export { readEntry } from './zip-content.ts'
export { readDirectory, type ZipEntry } from './zip-directory.ts'
