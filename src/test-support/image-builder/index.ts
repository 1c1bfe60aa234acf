/**
 * Container images from small listings, for tests, the demo's sample registry and benchmarks: layers, manifests, indexes,
 * OCI layouts, `docker save` archives, and an in-memory source. Knows the image formats; knows nothing of what reads them.
 */
export {
  type BuiltImage,
  type BuiltIndex,
  buildArtifact,
  buildImage,
  buildIndex,
  type ImageListing,
} from './build-image.ts'
export {
  buildLayer,
  type Compression,
  digestOf,
  type FileListing,
  type LayerListing,
} from './layer.ts'
export { bytesOf, type TarEntry, writeTar } from './tar-writer.ts'
export {
  type Built,
  dockerArchive,
  type MemorySource,
  memorySource,
  writeOciLayout,
} from './write-image.ts'
