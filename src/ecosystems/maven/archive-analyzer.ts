import type { Analyzer, LayerFact, LayerFeatures } from '../../indexing/index.ts'
import { isOutsideOfPrograms } from '../index.ts'
import { readArchive } from './read-archive.ts'
import { uniquePackages } from './unique-packages.ts'

const extensions = ['jar', 'war', 'ear', 'par']
const wanted = new RegExp(`\\.(?:${extensions.join('|')})$`, 'i')

/** Java archives and all that is nested in them. */
export const archiveAnalyzer: Analyzer = {
  id: 'maven-archive',
  version: 1,
  // The bundles of cloud SDKs have some 500 MiB.
  maxSize: 768 * 1024 * 1024,
  wants: ({ path, size }) => size > 0 && wanted.test(path) && !isOutsideOfPrograms(path),
  concerns: (features: LayerFeatures) => features.extensions.some((each) => extensions.includes(each)),
  read(path, content): LayerFact[] {
    const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
    const { packages: all, unnamed, damages } = readArchive(path, bytes)
    const packages = uniquePackages(all)
    const facts: LayerFact[] = damages.map((what) => ({ kind: 'damage', what }))
    if (packages.length + unnamed.length === 0) return facts
    const open = unnamed.length === 0 ? {} : { unnamed }
    return [...facts, { kind: 'packages', scope: 'language', ecosystem: 'maven', path, packages, ...open }]
  },
}
