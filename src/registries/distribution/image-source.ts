import type { ImageSource } from '../../images/index.ts'
import type { DistributionClient } from './client.ts'

/** One repository of a registry as a source of images. Blobs come unverified: whoever reads them hashes. */
export function imageSource(client: DistributionClient, repository: string): ImageSource {
  return {
    name: `${client.host}/${repository}`,
    manifest: (reference, signal) => client.manifest(repository, reference, signal),
    referrers: (digest, signal) => client.referrers(repository, digest, signal),
    blob: (descriptor, signal) => client.blob(repository, descriptor, { verify: false, signal }),
  }
}
