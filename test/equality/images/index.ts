import {
  type BuiltImage,
  buildImage,
  type ImageListing,
} from '../../../src/test-support/image-builder/index.ts'
import { collect } from '../collect.ts'

const listings = await collect<Readonly<Record<string, ImageListing>>>(import.meta.dirname)

/**
 * The images that Portolan and Trivy are compared on, by name: `test/goldens/<name>.json` is Trivy's answer. Each file beside this
 * one exports a record of listings.
 */
export const images: ReadonlyMap<string, BuiltImage> = new Map(
  listings.flatMap((part) => Object.entries(part).map(([name, listing]) => [name, buildImage(listing)])),
)
