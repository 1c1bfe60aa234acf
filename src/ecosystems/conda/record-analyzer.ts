import type { Analyzer, PackageFact } from '../../indexing/index.ts'
import {
  decodeGoObject,
  decodeText,
  isOutsideOfPrograms,
  jsonTextField,
  libraryFacts,
  splitLicenses,
} from '../index.ts'

/** What conda notes of each package of an environment: `envs/<name>/conda-meta/<name>-<version>-<build>.json`. */
export const recordAnalyzer: Analyzer = {
  id: 'conda-record',
  version: 1,
  maxSize: 64 * 1024 * 1024,
  wants: ({ path }) => isEnvironmentRecord(path) && !isOutsideOfPrograms(path),
  concerns: ({ extensions }) => extensions.includes('json'),
  read: (path, content) => libraryFacts('conda', path, [readRecord(decodeText(content))]),
}

/** @throws Error when it names no package, SyntaxError, TypeError when it is no such record */
export function readRecord(text: string): PackageFact {
  const fields = decodeGoObject(text, 'the record') ?? new Map<string, unknown>()
  const name = jsonTextField(fields, 'name')
  const version = jsonTextField(fields, 'version')
  const licenses = splitLicenses(jsonTextField(fields, 'license'))
  if (name === '' || version === '') throw new Error('it has no name or no version')
  return { name, version, ...(licenses.length === 0 ? {} : { licenses }) }
}

/** Trivy's `.*\/envs/.+/conda-meta/.+-.+-.+\.json`, without its backtracking: the base environment is not read. */
export function isEnvironmentRecord(path: string): boolean {
  const environment = path.indexOf('/envs/')
  const folder = environment === -1 ? -1 : path.indexOf('/conda-meta/', environment + 7)
  if (folder === -1) return false
  const record = path.slice(folder + '/conda-meta/'.length)
  const first = record.indexOf('-', 1)
  const second = first === -1 ? -1 : record.indexOf('-', first + 2)
  return second !== -1 && record.endsWith('.json') && record.length - second > '-.json'.length
}
