import { type BuiltImage, buildImage } from '../../../src/test-support/image-builder/index.ts'
import { alpineImages } from './alpine.ts'
import { debianImages } from './debian.ts'
import { npmImages } from './npm.ts'
import { ubuntuImages } from './ubuntu.ts'

/** The images that Portolan and Trivy are compared on, by name: `test/goldens/<name>.json` is Trivy's answer. */
export const images: ReadonlyMap<string, BuiltImage> = new Map(
  Object.entries({ ...alpineImages, ...debianImages, ...npmImages, ...ubuntuImages }).map(
    ([name, listing]) => [name, buildImage(listing)],
  ),
)
