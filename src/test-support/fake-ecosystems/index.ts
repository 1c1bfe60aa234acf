/**
 * Two ecosystems of plain lines, for tests of what is not an ecosystem's: `osdb` (`db/*`: `name version release`, `release`:
 * `family release extended`, `repo`: `family release`, `owned`: paths) and `words` (`*.words`: `name version`).
 */
import type {
  Analyzer,
  FileHeader,
  ImageContext,
  IndexingPlugin,
  LayerFact,
  PackageFact,
} from '../../indexing/index.ts'
import type { EcosystemId, Package } from '../../inventory/index.ts'

const linesOf = (content: Uint8Array): string[][] =>
  new TextDecoder()
    .decode(content)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' '))

function analyzer(
  id: string,
  wants: (file: FileHeader) => boolean,
  read: (path: string, lines: readonly (readonly string[])[]) => LayerFact[],
): Analyzer {
  return { id, version: 1, maxSize: 10_000, wants, read: (path, content) => read(path, linesOf(content)) }
}

function packages(ecosystem: EcosystemId, scope: 'os' | 'language') {
  return (path: string, lines: readonly (readonly string[])[]): LayerFact[] => {
    if (lines.some(([name]) => name === 'broken')) throw new Error('a broken\u001b[2J line')
    const facts = lines.map(([name = '', version = '', release]): PackageFact => {
      return { name, version, ...(release === undefined ? {} : { release }) }
    })
    return [{ kind: 'packages', scope, ecosystem, path, packages: facts }]
  }
}

function describe(ecosystem: EcosystemId) {
  return (fact: PackageFact, context: ImageContext): Omit<Package, 'subject' | 'skipReason'> => {
    if (fact.name === 'unnameable') throw new Error('no purl')
    return {
      ecosystem,
      name: fact.name,
      version: fact.release === undefined ? fact.version : `${fact.version}-${fact.release}`,
      arch: fact.arch ?? null,
      sourceName: fact.sourceName ?? null,
      sourceVersion: fact.sourceVersion ?? null,
      purl: `pkg:${ecosystem}/${fact.name}@${fact.version}?distro=${context.os?.family ?? ''}`,
      licenses: fact.licenses ?? [],
    }
  }
}

function subject(
  space: string,
  comparer: EcosystemId,
  fact: PackageFact,
): Pick<Package, 'subject' | 'skipReason'> {
  const { name: lookupKey, version } = fact
  return {
    subject: { space, lookupKey, comparer, version, arch: null, cpeContext: null, flavour: null },
    skipReason: null,
  }
}

export const osdb: IndexingPlugin = {
  id: 'osdb',
  analyzers: [
    analyzer('osdb-packages', ({ path }) => path.startsWith('db/'), packages('osdb', 'os')),
    analyzer(
      'osdb-release',
      ({ path }) => path.endsWith('release'),
      (path, lines) =>
        lines.map(([family = '', release = '', extended]) => {
          return { kind: 'os', path, family, release, extended: extended === 'extended' }
        }),
    ),
    analyzer(
      'osdb-repo',
      ({ path }) => path === 'repo',
      (_, lines) => lines.map(([family = '', release = '']) => ({ kind: 'repository', family, release })),
    ),
    analyzer(
      'osdb-owned',
      ({ path }) => path === 'owned',
      (_, lines) => [{ kind: 'owned-files', files: lines.map(([file = '']) => file) }],
    ),
  ],
  distributions: ['debian', 'ubuntu', 'alpine'].map((family) => ({
    family,
    subject: (fact, { os, repository }) =>
      subject(`${family} ${repository?.release ?? os?.release}${os?.extended ? '-ESM' : ''}`, 'osdb', fact),
  })),
  describe: describe('osdb'),
}

export const words: IndexingPlugin = {
  id: 'words',
  analyzers: [
    {
      ...analyzer('words', ({ path }) => path.endsWith('.words'), packages('words', 'language')),
      concerns: ({ extensions }) => extensions.includes('words'),
    },
  ],
  distributions: [],
  describe: describe('words'),
  subject: (fact) => subject('words::', 'words', fact),
}
