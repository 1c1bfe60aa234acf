import type { ImageSource } from '../ports.ts'

/** An image in a folder or file. Close the source when done. */
export interface LocalImage {
  readonly source: ImageSource
  /** What to give `resolveImage`. */
  readonly reference: string
  /** Names that tools gave the images in it. */
  readonly names: readonly string[]
}
