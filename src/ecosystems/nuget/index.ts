/**
 * NuGet: what .NET programs state that they were published with, and NuGet's own lists. Knows these files and NuGet's names.
 * Must not know images, layers or other ecosystems.
 */
import type { IndexingPlugin } from '../../indexing/index.ts'
import type { MatchingPlugin } from '../../matching/index.ts'
import { describeLibrary, genericRules, librarySubject, packageUrl } from '../index.ts'
import { centralVersionsAnalyzer, isCentralVersions } from './central-versions-analyzer.ts'
import { dependenciesAnalyzer } from './dependencies-analyzer.ts'
import { listsAnalyzer } from './lists-analyzer.ts'

export const nuget: IndexingPlugin & MatchingPlugin = {
  id: 'nuget',
  analyzers: [dependenciesAnalyzer, listsAnalyzer, centralVersionsAnalyzer],
  distributions: [],
  report: (path) => ({ type: typeOf(path), target: path }),
  describe: (fact) =>
    describeLibrary('nuget', fact, packageUrl({ type: 'nuget', name: fact.name, version: fact.version })),
  // NuGet's names have no case; the database has every one in lower case.
  subject: ({ name, version }) => librarySubject('nuget', 'nuget::', name.toLowerCase(), version),
  purlTypes: ['nuget'],

  matcherVersion: 2,
  ...genericRules,
}

/** Trivy's words. */
function typeOf(path: string): string {
  if (isCentralVersions(path)) return 'packages-props'
  return path.endsWith('.deps.json') ? 'dotnet-core' : 'nuget'
}
