import type { Digest } from '../../core/index.ts'
import { type RawManifest, sha256 } from '../../images/index.ts'
import { largestManifest } from './manifest.ts'
import { checkedRepository } from './names.ts'
import { pullScope } from './scope.ts'
import type { Session } from './session.ts'

/** What a registry without this part of the protocol answers. */
const absent = [200, 400, 404, 405, 501]

/**
 * `GET /v2/<name>/referrers/<digest>` (distribution-spec, spec.md, Listing Referrers): an index of what refers to a manifest. One page:
 * nobody reads hundreds of them.
 *
 * @returns undefined when the registry has no such list
 * @throws AppError of the session
 */
export async function referrers(
  session: Session,
  repository: string,
  digest: Digest,
  signal?: AbortSignal,
): Promise<RawManifest | undefined> {
  const name = checkedRepository(repository)
  const path = `/v2/${name}/referrers/${digest}`
  const mediaType = 'application/vnd.oci.image.index.v1+json'
  const response = await session.send(
    {
      method: 'GET',
      path,
      target: 'manifest',
      scope: pullScope(name),
      name,
      headers: { accept: mediaType },
      signal,
    },
    absent,
  )
  const type = response.header('content-type') ?? ''
  if (response.status !== 200 || !type.startsWith(mediaType)) {
    await response.discard()
    return undefined
  }
  const bytes = await response.bytes(largestManifest)
  return { bytes, mediaType, digest: sha256(bytes) }
}
