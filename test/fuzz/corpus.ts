import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Analyzer } from '../../src/indexing/index.ts'
import type { FileListing } from '../../src/test-support/image-builder/index.ts'
import { listings } from '../equality/images/index.ts'

/** Larger files slow a run down and seldom say more. */
const MAX_SEED = 128 * 1024
const MAX_SEEDS = 40
/** Files that no golden image has, and inputs that once failed: a folder for each analyzer. */
const kept = join(import.meta.dirname, '../fixtures/fuzz')

interface SeedFile {
  readonly path: string
  readonly mode: number
  readonly content: Uint8Array
}

/** A file that an analyzer wants: where its changes begin. */
export interface Seed {
  readonly path: string
  readonly content: Uint8Array
}

const files: readonly SeedFile[] = [...listings.values()].flatMap(({ layers }) =>
  layers.flatMap((layer) =>
    Object.entries(layer.files ?? {}).flatMap(([path, file]) => seedFile(path, file)),
  ),
)

function seedFile(path: string, file: FileListing): SeedFile[] {
  const { content = '', mode = 0o644, type = 'file' } = isContent(file) ? { content: file } : file
  if (type !== 'file') return []
  return [{ path, mode, content: typeof content === 'string' ? Buffer.from(content) : content }]
}

function isContent(file: FileListing): file is string | Uint8Array {
  return typeof file === 'string' || file instanceof Uint8Array
}

/** What the analyzer wants of the files of the golden images, each content once; and the inputs that are kept for it. */
export function seedsOf(analyzer: Analyzer): readonly Seed[] {
  const wanted = files.filter(({ path, mode, content }) =>
    analyzer.wants({ path, mode, size: content.length }),
  )
  const distinct = new Map(wanted.map((file) => [Buffer.from(file.content).toString('latin1'), file]))
  const bySize = [...distinct.values()].sort((left, right) => left.content.length - right.content.length)
  const small = bySize.filter(({ content }) => content.length <= MAX_SEED)
  const step = Math.max(1, Math.ceil(small.length / MAX_SEEDS))
  const chosen = small.length === 0 ? bySize.slice(0, 1) : small.filter((_, at) => at % step === 0)
  return [...keptSeeds(analyzer, bySize[0]?.path ?? ''), ...chosen]
}

/** Under their own names where the analyzer wants such. */
function keptSeeds(analyzer: Analyzer, otherwise: string): Seed[] {
  const folder = join(kept, analyzer.id)
  if (!existsSync(folder)) return []
  return readdirSync(folder).map((name) => {
    const content = readFileSync(join(folder, name))
    const path = `app/${name}`
    const isWanted = analyzer.wants({ path, mode: 0o644, size: content.length })
    return { path: isWanted ? path : otherwise, content }
  })
}
