import {
  type BuiltImage,
  buildImage,
  type ImageListing,
} from '../../../src/test-support/image-builder/index.ts'
import { collect } from '../collect.ts'

const parts = await collect<Readonly<Record<string, ImageListing>>>(import.meta.dirname)

/** By name. Each file beside this one exports a record of listings. */
export const listings: ReadonlyMap<string, ImageListing> = new Map(
  parts.flatMap((part) => Object.entries(part)),
)

/** The images that Portolan and Trivy are compared on: `test/goldens/<name>.json` is Trivy's answer. */
export const images: ReadonlyMap<string, BuiltImage> = new Map(
  [...listings].map(([name, listing]) => [name, buildImage(listing)]),
)
