import { isRepositoryName } from '../../../core/index.ts'
import { type ImageManifest, parseManifest } from '../../../images/index.ts'
import { type CheckSubject, type DistributionClient, distributionCheck } from '../../index.ts'
import type { EcrApi } from './api.ts'
import { tagsOf } from './listing.ts'

/** Repositories that are looked into for an image to try. */
const mostLooks = 5
const someEntries = 100

interface Candidate {
  readonly repository: string
  readonly tag: string
  readonly digest: string
}

export interface EcrCheck {
  /** Made for this check, with one attempt. */
  readonly api: EcrApi
  readonly client: DistributionClient
  readonly verifyTls: boolean
}

/**
 * What a check tries: the password (ecr:GetAuthorizationToken), both listings, a manifest (ecr:BatchGetImage), and a layer's way
 * (ecr:GetDownloadUrlForLayer, and the storage that it leads to).
 */
export function checkSubject({ api, client, verifyTls }: EcrCheck): CheckSubject {
  const found = new Map<string, Candidate>()
  return {
    ...distributionCheck(client),
    plainHttp: false,
    verifyTls,
    hasCredentials: true,
    pullRemedy:
      'Allow ecr:BatchGetImage and ecr:GetDownloadUrlForLayer in the policy of the user or role; the page of this platform has a policy to copy.',
    async firstRepository(signal) {
      const { repositories = [] } = await api.repositories({ maxResults: someEntries }, signal)
      const names = repositories.map(({ repositoryName = '' }) => repositoryName).filter(isRepositoryName)
      for (const name of names.slice(0, mostLooks)) {
        const { imageDetails = [] } = await api.images(name, { maxResults: someEntries }, signal)
        const [tag] = imageDetails.flatMap(tagsOf)
        if (tag === undefined || tag.digest === null) continue
        found.set(name, { repository: name, tag: tag.name, digest: tag.digest })
        return name
      }
      return names[0]
    },
    async pull(repository, signal) {
      const candidate = found.get(repository)
      if (candidate === undefined) return undefined
      const manifest = await firstManifest(client, candidate, signal)
      if (manifest !== undefined) await touch(client, repository, manifest, signal)
      return `${repository}:${candidate.tag}`
    },
  }
}

/** The manifest of a candidate, or of the first platform of its index. */
async function firstManifest(
  client: DistributionClient,
  { repository, digest }: Candidate,
  signal: AbortSignal | undefined,
): Promise<ImageManifest | undefined> {
  const parsed = parseManifest(await client.manifest(repository, digest, signal))
  if (parsed.type === 'manifest') return parsed
  const [child] = parsed.entries
  const inner = child && parseManifest(await client.manifest(repository, child.digest, signal))
  return inner?.type === 'manifest' ? inner : undefined
}

/** The config comes the same way as layers, and is small. */
async function touch(
  client: DistributionClient,
  repository: string,
  { config }: ImageManifest,
  signal: AbortSignal | undefined,
): Promise<void> {
  const options = { verify: false, ...(signal === undefined ? {} : { signal }) }
  const blob = await client.blob(repository, config, options)
  for await (const _ of blob) break
}
