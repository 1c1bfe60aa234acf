import type { Analyzer, LayerFact } from '../../indexing/index.ts'
import { decodeText } from '../index.ts'

const url = /(?:https*|ftp):\/\/[0-9A-Za-z.-]+\/([A-Za-z]+)\/v?([0-9A-Za-z_.-]+)\//

/** Reads which release's repositories an image installs from: it wins over the release that the image states. */
export const repositoriesAnalyzer: Analyzer = {
  id: 'apk-repositories',
  version: 1,
  maxSize: 1024 * 1024,
  wants: (file) => file.path === 'etc/apk/repositories',
  read: (_path, content): LayerFact[] => {
    const release = repositoryRelease(decodeText(content))
    return release === undefined ? [] : [{ kind: 'repository', family: 'alpine', release }]
  },
}

/** The highest release named, `edge` above all; undefined when there is none, or distributions are mixed. Comments count, as in Trivy. */
export function repositoryRelease(text: string): string | undefined {
  let release: string | undefined
  for (const line of text.split('\n')) {
    const [, family, named] = url.exec(line) ?? []
    if (family === undefined || named === undefined) continue
    if (family !== 'alpine') return undefined
    release = higher(release, named)
  }
  return release
}

function higher(left: string | undefined, right: string): string {
  if (left === undefined) return right
  if (left === 'edge' || right === 'edge') return 'edge'
  const a = numbersOf(left)
  const b = numbersOf(right)
  if (a === undefined || b === undefined) return left
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const order = (a[index] ?? 0) - (b[index] ?? 0)
    if (order !== 0) return order > 0 ? left : right
  }
  return left
}

function numbersOf(release: string): number[] | undefined {
  return /^\d+(?:\.\d+)*$/.test(release) ? release.split('.').map(Number) : undefined
}
