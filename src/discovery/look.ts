import { type AppError, digestOfBytes, toAppError } from '../core/index.ts'
import type { ImageSource } from '../images/index.ts'
import { mapBounded, nameAt } from '../registries/index.ts'
import { classify } from './classify.ts'
import {
  type Classified,
  copyKnown,
  saveClassified,
  unknownImages,
  type UnknownImage,
} from './images/store.ts'
import { type DiscoverJob, endsDiscovery } from './job.ts'
import { type RankedImage, type Ranking, rankTags } from './ranking.ts'
import { locked } from './record.ts'
import type { RepositoryRow } from './store.ts'

/** Images at once within a repository. */
const AT_ONCE = 6
/** Images looked into between two writes. */
const LOOKS = 60
/** Tags that are ranked beyond those that are wanted: among the newest are signatures and charts, which give way to older images. */
const SPARE = 100

/** Runs a task when there is room for one more request. */
export type Gate = <R>(task: () => Promise<R>) => Promise<R>

export interface Looked {
  readonly ranking: Ranking
  /** Why some image could not be looked into; null: all that were to be looked into were. */
  readonly failure: AppError | null
}

/**
 * Looks into what the selection needs and nobody has looked into. Where the registry says when tags were pushed, these are the newest
 * tags until as many are images as are `wanted`; where it does not, all, for their build dates rank them.
 *
 * @throws AppError of the registry when going on is of no use; what was learnt until then is kept
 */
export async function lookInto(
  job: DiscoverJob,
  repository: RepositoryRow,
  wanted: number,
  gate: Gate,
): Promise<Looked> {
  const look = new Look(job, repository, gate)
  for (;;) {
    const ranking = await rankTags(job.db, repository.id, wanted + SPARE)
    if (!ranking.dated && !look.hasAll) {
      await look.all()
      continue
    }
    const newest = await look.newest(ranking, wanted)
    if (newest.length >= wanted || !ranking.more) {
      return { ranking: { ...ranking, top: newest }, failure: look.failure }
    }
  }
}

class Look {
  failure: AppError | null = null
  hasAll = false
  readonly #job: DiscoverJob
  readonly #repository: RepositoryRow
  readonly #source: ImageSource
  readonly #gate: Gate
  readonly #tried = new Set<number>()

  constructor(job: DiscoverJob, repository: RepositoryRow, gate: Gate) {
    this.#job = job
    this.#repository = repository
    this.#source = job.connector.source(nameAt(job.connector, repository))
    this.#gate = gate
  }

  async all(): Promise<void> {
    const bulk = this.#job.db.lane('bulk')
    for (let after: number | undefined = 0; after !== undefined; ) {
      const unknown: UnknownImage[] = await unknownImages(bulk, this.#repository.id, after, LOOKS)
      await this.#into(unknown)
      after = unknown.at(-1)?.id
    }
    this.hasAll = true
  }

  /** @returns the ranked tags, with what turned out to be no image left out */
  async newest({ top }: Ranking, wanted: number): Promise<RankedImage[]> {
    let left = [...top]
    for (;;) {
      const unknown = new Map<number, UnknownImage>()
      for (const { imageId, kind, digest } of left.slice(0, wanted)) {
        if (kind === 'unknown' && !this.#tried.has(imageId)) unknown.set(imageId, { id: imageId, digest })
      }
      if (unknown.size === 0) return left
      const kinds = await this.#into([...unknown.values()])
      left = left
        .map((tag) => ({ ...tag, kind: kinds.get(tag.imageId) ?? tag.kind }))
        .filter((tag) => tag.kind === 'image' || tag.kind === 'unknown')
    }
  }

  /** @returns the kinds that were learnt, by image */
  async #into(images: readonly UnknownImage[]): Promise<ReadonlyMap<number, string>> {
    const kinds = new Map<number, string>()
    const fresh = images.filter((image) => !this.#tried.has(image.id))
    for (const { id } of fresh) this.#tried.add(id)
    if (fresh.length === 0) return kinds
    const { orgId } = this.#job
    const ids = fresh.map((image) => image.id)
    await locked(this.#job, this.#repository.id, async (tx) => {
      for (const copied of await copyKnown(tx, orgId, this.#repository.id, ids))
        kinds.set(copied.id, copied.kind)
    })
    const looked: Classified[] = []
    try {
      const rest = fresh.filter((image) => !kinds.has(image.id))
      await mapBounded(rest, AT_ONCE, (image) => this.#gate(() => this.#one(image, looked)))
    } finally {
      await locked(this.#job, this.#repository.id, (tx) => saveClassified(tx, orgId, looked))
    }
    for (const { id, kind } of looked) kinds.set(id, kind)
    return kinds
  }

  async #one({ id, digest }: UnknownImage, looked: Classified[]): Promise<void> {
    const { signal } = this.#job
    signal?.throwIfAborted()
    try {
      looked.push({ id, ...(await classify(this.#source, digestOfBytes(digest), signal)) })
    } catch (error) {
      const failure = toAppError(error)
      if (endsDiscovery(failure)) throw failure
      this.failure ??= failure
    }
  }
}
