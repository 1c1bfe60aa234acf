import type { Digest } from '../core/index.ts'
import type { LayerReference } from '../images/index.ts'
import type { IndexProgress } from './ports.ts'

/** Counts layers and compressed bytes. A layer that another request read counts whole when it is done. */
export class ProgressMeter {
  readonly #report: ((progress: IndexProgress) => void) | undefined
  readonly #layersTotal: number
  readonly #bytesTotal: number
  readonly #seen = new Map<Digest, number>()
  #layersDone: number
  #bytesDone = 0

  constructor(
    layersTotal: number,
    missing: readonly LayerReference[],
    report: ((progress: IndexProgress) => void) | undefined,
  ) {
    this.#report = report
    this.#layersTotal = layersTotal
    this.#layersDone = layersTotal - missing.length
    this.#bytesTotal = missing.reduce((sum, { blob }) => sum + blob.size, 0)
    this.#tell()
  }

  bytes({ blob }: LayerReference, count: number): void {
    this.#seen.set(blob.digest, (this.#seen.get(blob.digest) ?? 0) + count)
    this.#bytesDone += count
    this.#tell()
  }

  done({ blob }: LayerReference): void {
    this.#bytesDone += blob.size - (this.#seen.get(blob.digest) ?? 0)
    this.#layersDone += 1
    this.#tell()
  }

  #tell(): void {
    this.#report?.({
      layersDone: this.#layersDone,
      layersTotal: this.#layersTotal,
      bytesDone: this.#bytesDone,
      bytesTotal: this.#bytesTotal,
    })
  }
}
