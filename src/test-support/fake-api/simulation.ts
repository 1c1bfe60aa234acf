import type { Image, LiveEvent, RegistryConnection } from '../../contract/index.ts'
import { ago, makeImage, NO_COUNTS, recount, type World } from './world.ts'

type Fake = World['images'][number]

const STEP_MS = 120
const IMAGES_A_STEP = 2
const DISCOVERED = 8

/** Discoveries and scans that take a moment, in steps, and tell of each step by an event. */
export class Simulation {
  readonly #world: World
  readonly #send: (event: LiveEvent) => void
  readonly #timers = new Set<ReturnType<typeof setTimeout>>()
  /** Images that fail to scan, by id: taken off after `scanImage`, so that a retry works. */
  readonly #broken = new Set<number>()

  constructor(world: World, send: (event: LiveEvent) => void) {
    this.#world = world
    this.#send = send
    for (const image of world.images) if (image.scanStatus === 'Failed') this.#broken.add(image.id)
  }

  emit(type: 'connection.changed' | 'images.changed', connectionId: string): void {
    this.#send({ type, connectionId })
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }

  #later(action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      action()
    }, STEP_MS)
    this.#timers.add(timer)
  }

  #changed(connection: RegistryConnection): void {
    recount(this.#world)
    this.emit('connection.changed', connection.id)
    this.emit('images.changed', connection.id)
  }

  /** Finds eight images more, then scans them. */
  discover(connection: RegistryConnection): void {
    let done = 0
    const step = (): void => {
      done += IMAGES_A_STEP
      for (let index = 0; index < IMAGES_A_STEP; index++) {
        const image = makeImage(this.#world.images.length, connection.id)
        this.#world.images.unshift({
          ...image,
          scanStatus: image.kind === 'image' ? 'Pending' : null,
          scanReason: null,
          scannedAt: null,
          counts: null,
          pushedAt: ago(0),
        })
      }
      const isDone = done >= DISCOVERED
      connection.progress = isDone
        ? null
        : { phase: 'discovering', done, total: DISCOVERED, detail: 'Reading the tags of shop/api' }
      connection.status = isDone ? 'Connected' : 'Syncing'
      if (isDone) {
        connection.lastDiscovery = { at: ago(0), repositories: 4, tags: 31, incompleteBecause: null }
        this.scan(connection)
      } else this.#later(step)
      this.#changed(connection)
    }
    connection.progress = { phase: 'discovering', done: 0, total: null, detail: 'Listing repositories' }
    connection.status = 'Syncing'
    this.#changed(connection)
    this.#later(step)
  }

  /** @returns how many images were waiting */
  scan(connection: RegistryConnection): number {
    const waiting = this.#world.images.filter(
      (image) => image.connectionId === connection.id && image.scanStatus === 'Pending',
    )
    const total = waiting.length
    const step = (): void => {
      const image = waiting.shift()
      if (image !== undefined) this.#complete(image)
      connection.progress =
        waiting.length === 0
          ? null
          : {
              phase: 'scanning',
              done: total - waiting.length,
              total,
              detail: `Reading layers of ${image?.repository.path ?? ''}`,
            }
      connection.status = waiting.length === 0 ? 'Connected' : 'Syncing'
      this.#changed(connection)
      if (waiting.length > 0) this.#later(step)
    }
    if (total > 0) {
      connection.progress = { phase: 'scanning', done: 0, total, detail: 'Starting' }
      connection.status = 'Syncing'
      this.#later(step)
    }
    return total
  }

  scanImage(image: Fake): void {
    this.#set(image, 'Scanning')
    this.#broken.delete(image.id)
    this.#later(() => this.#complete(image))
  }

  #complete(image: Fake): void {
    image.counts = { ...NO_COUNTS, HIGH: 1, LOW: 3 }
    image.scannedAt = ago(0)
    this.#set(image, 'Completed')
  }

  #set(image: Fake, status: NonNullable<Image['scanStatus']>): void {
    const states = {
      Pending: 'pending',
      Scanning: 'scanning',
      Completed: 'completed',
      Failed: 'failed',
    } as const
    image.scanStatus = status
    image.scanReason = null
    image.unselectedBecause = null
    const scan = this.#world.scans.find((candidate) => candidate.imageId === image.id)
    if (scan !== undefined) {
      scan.state = states[status]
      scan.reason = null
    }
    recount(this.#world)
    this.emit('images.changed', image.connectionId)
  }
}
