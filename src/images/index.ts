/**
 * Manifests, configs, indexes and layers of container images, from any ImageSource, and the sources that are local files.
 * Knows the image formats and their limits. Must not know registries, ecosystems, or what is done with what is read.
 */
export { type AttachedBlob, findAttached } from './attached.ts'
export { type ImageConfig, MAX_CONFIG_SIZE } from './config.ts'
export { sha256 } from './digests.ts'
export { type ByteRange, type FileParts, wholeFile } from './layers/file-parts.ts'
export { LAYER_LIMITS, type LayerLimits } from './layers/limits.ts'
export type { Whiteout } from './layers/path.ts'
export { readLayer } from './layers/read-layer.ts'
export type { LayerFile, LayerVisitor } from './layers/visitor.ts'
export { saveOciLayout } from './local/save-oci-layout.ts'
export type { LocalImage } from './local/local-image.ts'
export { openLocalImage } from './local/open-local-image.ts'
export { type ImageIndex, type ImageManifest, parseManifest } from './manifest.ts'
export type { ArtifactKind } from './media-types.ts'
export type * from './ports.ts'
export { readBlob } from './read-blob.ts'
export {
  type BrokenPlatform,
  isOfContent,
  isOfTheWay,
  type PlatformImage,
  type ResolvedImage,
  resolveImage,
} from './resolve.ts'
