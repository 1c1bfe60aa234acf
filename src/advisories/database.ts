import { dirname } from 'node:path'
import type { Digest } from '../core/index.ts'
import { BoltFile } from './bbolt/bolt-file.ts'
import type { Bucket } from './bbolt/bucket.ts'
import { decodeAdvisory, decodeCpes, decodeDataSource, decodeDetails, parseRecord } from './decode.ts'
import { corrupt } from './errors.ts'
import type { DatabaseMetadata } from './metadata.ts'
import { lookupsOf } from './lookups.ts'
import type { Advisory, AdvisoryDatabase, CpeKind, DataSource, VulnerabilityDetails } from './ports.ts'

/** More top-level buckets than any feed has; an honest file has about a hundred. */
const maxSpaces = 100_000

/** Trivy's database, schema 2: `space / package / vulnerability`, `vulnerability / id`, `data-source / space`. */
export class BoltAdvisoryDatabase implements AdvisoryDatabase {
  readonly folder: string
  readonly updatedAt: number
  readonly nextUpdate: number
  readonly #digest: () => Digest
  readonly #file: BoltFile
  readonly #details: Bucket | undefined
  readonly #sources: Bucket | undefined
  readonly #products: Bucket | undefined
  readonly #spaces = new Map<string, readonly Space[]>()
  #names: readonly string[] | undefined
  #knownDigest: Digest | undefined

  /**
   * @param digest asked for once, when the generation's name is needed
   * @throws AppError `database-corrupt` (invalid)
   */
  constructor(path: string, metadata: DatabaseMetadata, digest: () => Digest) {
    this.folder = dirname(path)
    this.updatedAt = metadata.updatedAt
    this.nextUpdate = metadata.nextUpdate
    this.#digest = digest
    this.#file = new BoltFile(path)
    this.#details = this.#file.root.bucket('vulnerability')
    this.#sources = this.#file.root.bucket('data-source')
    this.#products = this.#file.root.bucket('Red Hat CPE')
  }

  get digest(): Digest {
    this.#knownDigest ??= this.#digest()
    return this.#knownDigest
  }

  advisories(space: string, lookupKey: string): readonly Advisory[] {
    const places = lookupsOf(space, lookupKey).flatMap((lookup) =>
      this.#find(lookup.space).map((each) => ({ each, key: lookup.lookupKey })),
    )
    const [only] = places
    if (only === undefined) return []
    if (places.length === 1) return Array.from(advisoriesOf(only.each, only.key))
    const byId = new Map<string, Advisory>()
    for (const { each, key } of places) {
      for (const advisory of advisoriesOf(each, key)) byId.set(advisory.vulnerabilityId, advisory)
    }
    return Array.from(byId.values()).toSorted((left, right) =>
      left.vulnerabilityId < right.vulnerabilityId ? -1 : 1,
    )
  }

  details(vulnerabilityId: string): VulnerabilityDetails | undefined {
    const bytes = this.#details?.get(vulnerabilityId)
    return bytes === undefined ? undefined : decodeDetails(vulnerabilityId, parseRecord(bytes))
  }

  cpes(kind: CpeKind, name: string): readonly number[] {
    const bytes = this.#products?.bucket(kind)?.get(name)
    return bytes === undefined ? [] : decodeCpes(bytes)
  }

  close(): void {
    this.#file.close()
  }

  /** The buckets that a space means, in key order: one by its name, or all that begin with `npm::`. */
  #find(space: string): readonly Space[] {
    const known = this.#spaces.get(space)
    if (known !== undefined) return known
    const names = space.endsWith('::') ? this.#topLevel().filter((name) => name.startsWith(space)) : [space]
    const found = names.flatMap((name) => {
      const bucket = this.#file.root.bucket(name)
      return bucket === undefined ? [] : [{ name, bucket, source: this.#source(name) }]
    })
    if (this.#spaces.size < maxSpaces) this.#spaces.set(space, found)
    return found
  }

  #topLevel(): readonly string[] {
    if (this.#names !== undefined) return this.#names
    const names: string[] = []
    for (const entry of this.#file.root.entries()) {
      if (names.length === maxSpaces) throw corrupt('it has more spaces than any source')
      if (entry.isBucket) names.push(entry.key.toString('utf8'))
    }
    this.#names = names
    return names
  }

  #source(name: string): DataSource | null {
    const bytes = this.#sources?.get(name)
    return bytes === undefined ? null : decodeDataSource(parseRecord(bytes))
  }
}

interface Space {
  readonly name: string
  readonly bucket: Bucket
  readonly source: DataSource | null
}

function* advisoriesOf(space: Space, lookupKey: string): Generator<Advisory> {
  for (const entry of space.bucket.bucket(lookupKey)?.entries() ?? []) {
    if (entry.isBucket) continue
    const id = entry.key.toString('utf8')
    yield decodeAdvisory(id, space.name, space.source, parseRecord(entry.value))
  }
}
