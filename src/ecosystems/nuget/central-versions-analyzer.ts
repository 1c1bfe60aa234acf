import type { Analyzer, PackageFact } from '../../indexing/index.ts'
import { decodeText, isOutsideOfPrograms, libraryFacts } from '../index.ts'
import { elements } from './xml.ts'

/** Directory.Packages.props and other `*packages.props`: versions that the projects of a solution share (NuGet, Central Package Management). */
export const centralVersionsAnalyzer: Analyzer = {
  id: 'nuget-central-versions',
  version: 2,
  maxSize: 64 * 1024 * 1024,
  wants: ({ path }) => isCentralVersions(path) && !isOutsideOfPrograms(path),
  concerns: ({ extensions }) => extensions.includes('props'),
  read: (path, content) => libraryFacts('nuget', path, parseCentralVersions(decodeText(content))),
}

/** By Trivy's rule (pkg/fanal/analyzer/language/dotnet/packagesprops): whatever the case, and whatever stands before. */
export function isCentralVersions(path: string): boolean {
  return path.toLowerCase().endsWith('packages.props')
}

/** What says its version in so many words; nothing here knows what a variable stands for. @throws SyntaxError */
export function parseCentralVersions(text: string): PackageFact[] {
  const facts = new Map<string, PackageFact>()
  for (const { name: element, within, attribute } of elements(text, 'Project')) {
    const isEntry = element === 'PackageReference' || element === 'PackageVersion'
    if (!isEntry || within.length !== 2 || within[1] !== 'ItemGroup') continue
    const name = (attribute('Include') || attribute('Update')).trim()
    const version = attribute('Version').trim()
    if ([name, version].some((part) => part === '' || /^\$\([^]*\)$/.test(part))) continue
    facts.set(`${name}@${version}`, { name, version })
  }
  return [...facts.values()]
}
