import { strip } from '../core/index.ts'
import type { Analyzer, LayerFact } from '../indexing/index.ts'
import { decodeText } from './text.ts'

const paths = new Set(['etc/os-release', 'usr/lib/os-release'])

/** Which family a system is, by what its os-release says of itself; undefined: it has a better file, or is none of ours. */
export type FamilyOf = (id: string, name: string) => string | undefined

/**
 * Reads os-release(5) as Trivy does (since 0.67): of a field that is there twice the last counts, and a system without VERSION_ID
 * is none.
 */
export function createOsReleaseAnalyzer(id: string, version: number, familyOf: FamilyOf): Analyzer {
  return {
    id,
    version,
    maxSize: 1024 * 1024,
    wants: (file) => paths.has(file.path),
    read: (path, content) => osReleaseFacts(path, decodeText(content), familyOf),
  }
}

function osReleaseFacts(path: string, text: string, familyOf: FamilyOf): LayerFact[] {
  const values = new Map<string, string>()
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=')
    if (equals !== -1) values.set(line.slice(0, equals).trim(), strip(line.slice(equals + 1).trim(), `"'`))
  }
  const family = familyOf(values.get('ID') ?? '', values.get('NAME') ?? '')
  const release = values.get('VERSION_ID')
  return family !== undefined && release ? [{ kind: 'os', path, family, release }] : []
}
