import { AppError, type Digest, isDigest } from '../../core/index.ts'
import { type RawManifest, sha256 } from '../../images/index.ts'
import type { HttpResponse } from '../../platform/http/index.ts'
import { refuseHtml } from './answer.ts'
import { checkedReference, checkedRepository, manifestName } from './names.ts'
import { pullScope } from './scope.ts'
import type { RegistryRequest, Session } from './session.ts'

/**
 * All four, always: without the fitting type a registry converts the manifest, gives one platform of an index, or says
 * that there is nothing, each time under another digest (seen with distribution 2.8.2).
 */
export const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

/** Registries should take manifests of 4 MB (distribution-spec, spec.md, Pushing Manifests); twice that is enough. */
export const largestManifest = 8 << 20

/** What a HEAD says of a manifest. */
export interface ManifestHead {
  readonly digest: Digest
  readonly mediaType: string
  /** Bytes; null when the registry did not say. */
  readonly size: number | null
}

function mediaTypeOf(response: HttpResponse): string {
  return (response.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

function statedDigest(response: HttpResponse): string | undefined {
  return response.header('docker-content-digest')?.trim()
}

function invalidManifest({ code, message }: { code: string; message: string }): AppError {
  return new AppError({
    code,
    kind: 'invalid',
    publicMessage: message,
    remedy:
      'Push the image again; if it stays, look at the storage of the registry and at proxies in between.',
  })
}

function tooLarge(name: string): AppError {
  return invalidManifest({
    code: 'manifest-too-large',
    message: `The manifest of ${name} is larger than ${largestManifest >> 20} MB.`,
  })
}

function requestOf(
  method: 'GET' | 'HEAD',
  repository: string,
  reference: string,
  signal?: AbortSignal,
): RegistryRequest {
  const name = checkedRepository(repository)
  return {
    method,
    path: `/v2/${name}/manifests/${checkedReference(reference)}`,
    target: 'manifest',
    scope: pullScope(name),
    name: manifestName(name, reference),
    headers: { accept: manifestTypes },
    signal,
  }
}

async function readCapped(response: HttpResponse, name: string): Promise<Uint8Array> {
  const announced = Number(response.header('content-length') ?? 0)
  try {
    if (announced <= largestManifest) return await response.bytes(largestManifest)
  } catch (error) {
    throw error instanceof AppError && error.code === 'response-too-large' ? tooLarge(name) : error
  }
  await response.discard()
  throw tooLarge(name)
}

/**
 * `GET /v2/<name>/manifests/<reference>`, its bytes verified against the digest that was asked for, or else stated.
 *
 * @throws AppError `manifest-not-found` (not-found), `manifest-too-large`, `manifest-digest-mismatch`, `not-a-registry` (invalid),
 *   and what the session throws
 */
export async function manifest(
  session: Session,
  repository: string,
  reference: string,
  signal?: AbortSignal,
): Promise<RawManifest> {
  const request = requestOf('GET', repository, reference, signal)
  const name = manifestName(repository, reference)
  const response = await session.send(request)
  await refuseHtml(response, session.address.host)
  const bytes = await readCapped(response, name)
  const digest = sha256(bytes)
  const stated = statedDigest(response)
  const wanted = isDigest(reference) ? reference : stated?.startsWith('sha256:') ? stated : digest
  if (wanted !== digest) {
    throw invalidManifest({
      code: 'manifest-digest-mismatch',
      message: `The manifest that ${session.address.host} gave for ${name} has another digest than it should: it was damaged or replaced.`,
    })
  }
  return { bytes, mediaType: mediaTypeOf(response), digest }
}

/**
 * `HEAD /v2/<name>/manifests/<reference>`: where a tag points, without the manifest. Where a registry has no HEAD, or
 * leaves out the digest, the manifest is fetched. What it states is unverified until the manifest is.
 *
 * @throws AppError as `manifest`
 */
export async function headManifest(
  session: Session,
  repository: string,
  reference: string,
  signal?: AbortSignal,
): Promise<ManifestHead> {
  const response = await session.send(requestOf('HEAD', repository, reference, signal), [200, 405, 501])
  await response.discard()
  const digest = statedDigest(response)
  if (response.status === 200 && digest !== undefined && isDigest(digest)) {
    await refuseHtml(response, session.address.host)
    const length = response.header('content-length') ?? ''
    return { digest, mediaType: mediaTypeOf(response), size: /^\d+$/.test(length) ? Number(length) : null }
  }
  const whole = await manifest(session, repository, reference, signal)
  return { digest: whole.digest, mediaType: whole.mediaType, size: whole.bytes.length }
}
