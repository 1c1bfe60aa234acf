import type { Digest } from '../../core/index.ts'
import type { BuiltImage, BuiltIndex } from '../image-builder/index.ts'
import type { RegistryServer } from './server.ts'

/** Puts a built image, or an index with the images of its platforms; gives the digest that the tags point to. */
export function pushBuilt(
  registry: Pick<RegistryServer, 'put'>,
  repository: string,
  tags: readonly string[],
  built: BuiltImage | BuiltIndex,
): Digest {
  if (built.kind === 'index') for (const image of built.images) pushBuilt(registry, repository, [], image)
  return registry.put({ repository, tags, manifest: built.manifest, blobs: built.blobs })
}
