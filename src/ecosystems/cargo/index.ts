/**
 * Cargo: crates in Rust programs that cargo-auditable built, and Cargo.lock. Knows these two lists and how crates depend on each
 * other. Must not know images, layers or other ecosystems.
 */
import type { IndexingPlugin } from '../../indexing/index.ts'
import type { MatchingPlugin } from '../../matching/index.ts'
import { describeLibrary, genericRules, librarySubject, packageUrl } from '../index.ts'
import { binaryAnalyzer } from './binary-analyzer.ts'
import { lockFileAnalyzer } from './lock-file-analyzer.ts'

export const cargo: IndexingPlugin & MatchingPlugin = {
  id: 'cargo',
  analyzers: [binaryAnalyzer, lockFileAnalyzer],
  distributions: [],
  report: (path) => ({ type: path.endsWith('Cargo.lock') ? 'cargo' : 'rustbinary', target: path }),
  describe: (fact) =>
    describeLibrary('cargo', fact, packageUrl({ type: 'cargo', name: fact.name, version: fact.version })),
  subject: ({ name, version }) => librarySubject('cargo', 'cargo::', name.toLowerCase(), version),
  purlTypes: ['cargo'],

  matcherVersion: 2,
  ...genericRules,
}
