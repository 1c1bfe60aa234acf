import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { safeText } from '../../core/index.ts'
import type { PackageFact, UnnamedPackage } from '../../indexing/index.ts'
import { Budget, BudgetSpent, readDirectory, readEntry, type ZipEntry } from '../index.ts'
import { type Coordinates } from './coordinates.ts'
import { readFileName } from './file-name.ts'
import { readManifest } from './manifest.ts'
import { packageFact } from './package-fact.ts'
import { readPomProperties } from './pom-properties.ts'

/** Real ones have some kilobytes. */
const MAX_TEXT = 10 * 1024 * 1024
const MAX_NESTED = 1024 * 1024 * 1024
const MAX_DAMAGES = 20

export interface ArchiveContent {
  /** Named by the pom.properties of an archive, its own and those of what was shaded into it. */
  readonly packages: readonly PackageFact[]
  /** Archives without a pom.properties of their own. */
  readonly unnamed: readonly UnnamedPackage[]
  /** What could not be read of nested archives: ends of a sentence. */
  readonly damages: readonly string[]
}

/**
 * What a Java archive and all archives in it are, as Trivy reads them (pkg/dependency/parser/java/jar): every pom.properties names a
 * package; an archive none of whose own is for its file name's artifact and version is one more, to be named later.
 *
 * @param path of the file in the image; paths of nested ones go on behind it
 * @throws Error when the archive is damaged, or unpacks to more than a real one; damage of a nested one is its own
 */
export function readArchive(path: string, content: Buffer): ArchiveContent {
  const reading = new Reading(path, new Budget(content.length))
  reading.archive({ path, content, depth: 0 })
  return reading
}

interface Archive {
  readonly path: string
  readonly content: Buffer
  readonly depth: number
}

class Reading implements ArchiveContent {
  readonly packages: PackageFact[] = []
  readonly unnamed: UnnamedPackage[] = []
  readonly damages: string[] = []
  readonly #root: string
  readonly #budget: Budget

  constructor(root: string, budget: Budget) {
    this.#root = root
    this.#budget = budget
  }

  archive(archive: Archive): void {
    const budget = this.#budget
    budget.open(archive.depth)
    const entries = readDirectory(archive.content, budget.entriesLeft)
    budget.spendEntries(entries.length)
    // What was found in an archive counts only if all of its own texts could be read.
    const before = { packages: this.packages.length, unnamed: this.unnamed.length }
    try {
      this.#entries(archive, entries)
    } catch (error) {
      this.packages.length = before.packages
      this.unnamed.length = before.unnamed
      throw error
    }
  }

  #entries(archive: Archive, entries: readonly ZipEntry[]): void {
    const guessed = readFileName(posix.basename(archive.path))
    let claimed: Coordinates | undefined
    let isNamed = false
    for (const entry of entries) {
      const name = posix.basename(entry.name)
      if (name === 'pom.properties') {
        const pom = readPomProperties(this.#text(archive, entry))
        if (pom === undefined) continue
        this.packages.push(packageFact(pom, this.#place(archive.path)))
        isNamed ||= pom.artifact === guessed?.artifact && pom.version === guessed.version
      } else if (name === 'MANIFEST.MF') claimed = readManifest(this.#text(archive, entry))
      else if (/\.(?:jar|war|ear)$/.test(entry.name)) this.#nested(archive, entry)
    }
    if (!isNamed) this.#unnamed(archive, claimed, guessed)
  }

  #text({ content }: Archive, entry: ZipEntry): Buffer {
    return readEntry(content, entry, MAX_TEXT, this.#budget)
  }

  #nested({ path: outer, content, depth }: Archive, entry: ZipEntry): void {
    const path = posix.join(outer, entry.name)
    // A name that leads out of the archive is none of its files.
    if (!path.startsWith(posix.normalize(outer))) return
    try {
      const nested = readEntry(content, entry, MAX_NESTED, this.#budget)
      this.archive({ path, content: nested, depth: depth + 1 })
    } catch (error) {
      if (error instanceof BudgetSpent) throw error
      const why = error instanceof Error ? error.message : String(error)
      if (this.damages.length < MAX_DAMAGES) this.damages.push(`in ${safeText(entry.name, 200)}: ${why}`)
    }
  }

  #unnamed(
    { path, content }: Archive,
    claimed: Coordinates | undefined,
    guessed: UnnamedPackage['guessed'],
  ): void {
    this.#budget.spend(content.length)
    this.unnamed.push({
      ...this.#place(path),
      sha1: createHash('sha1').update(content).digest('hex'),
      ...(claimed === undefined ? {} : { claimed }),
      ...(guessed === undefined ? {} : { guessed }),
    })
  }

  #place(path: string): { path?: string } {
    return path === this.#root ? {} : { path }
  }
}
