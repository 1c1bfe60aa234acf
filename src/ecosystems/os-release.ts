import type { Analyzer, LayerFact } from '../indexing/index.ts'
import { decodeText } from './text.ts'

const paths = new Set(['etc/os-release', 'usr/lib/os-release'])

/**
 * Reads os-release(5) as Trivy does: only for the families that have no better file of their own, and an empty
 * VERSION_ID names nothing.
 * @param families Trivy's family word by os-release ID
 */
export function createOsReleaseAnalyzer(
  id: string,
  version: number,
  families: Readonly<Record<string, string>>,
): Analyzer {
  return {
    id,
    version,
    maxSize: 1024 * 1024,
    wants: (file) => paths.has(file.path),
    read: (path, content) => osReleaseFacts(path, decodeText(content), families),
  }
}

function osReleaseFacts(path: string, text: string, families: Readonly<Record<string, string>>): LayerFact[] {
  const values = new Map<string, string>()
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=')
    if (equals === -1) continue
    values.set(line.slice(0, equals).trim(), unquote(line.slice(equals + 1).trim()))
    const family = families[values.get('ID') ?? '']
    const release = values.get('VERSION_ID')
    if (family !== undefined && release) return [{ kind: 'os', path, family, release }]
  }
  return []
}

function unquote(text: string): string {
  return text.replace(/^["']+|["']+$/g, '')
}
