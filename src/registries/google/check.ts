import { isAppError } from '../../core/index.ts'
import type { CheckSubject, DistributionClient } from '../index.ts'
import type { ArtifactApi } from './api.ts'
import type { GoogleIdentity } from './identity/identity.ts'
import type { ListingScope } from './listing.ts'
import type { ArtifactRepository } from './repository.ts'

export interface CheckedConnection {
  readonly identity: GoogleIdentity
  readonly api: ArtifactApi
  readonly listing: ListingScope
  readonly verifyTls: boolean
  clientAt(host: string): DistributionClient
}

interface FirstImage {
  readonly repository: ArtifactRepository
  /** As the connector calls it. */
  readonly name: string
  readonly path: string
  /** A tag, or a digest where none has one. */
  readonly reference: string
}

/** Repositories of Artifact Registry that are asked for an image before the registry counts as empty. */
const MOST_ASKED = 20
/** Images asked for: an index's children, which have no tags, come with it. */
const FEW_IMAGES = 20

/** Rights that nobody needs to read. */
const excess: Readonly<Record<string, string>> = {
  'artifactregistry.repositories.uploadArtifacts': 'push images',
  'artifactregistry.repositories.deleteArtifacts': 'delete images',
  'artifactregistry.repositories.delete': 'delete repositories',
  'artifactregistry.repositories.setIamPolicy': 'grant rights to others',
}

/** What a check tries: a token, a listing, one manifest. */
export function checkSubject({
  identity,
  api,
  listing,
  clientAt,
  verifyTls,
}: CheckedConnection): CheckSubject {
  let looking: Promise<FirstImage | undefined> | undefined
  const first = (inner?: AbortSignal) => (looking ??= firstImage(listing, inner))
  return {
    host: 'Google',
    plainHttp: false,
    verifyTls,
    hasCredentials: true,
    async signIn() {
      await identity.accessToken(undefined, 1)
      return { signedIn: true }
    },
    async excessRights(inner) {
      try {
        const found = await first(inner)
        return found && (await excessOf(api, found.repository, inner))
      } catch (error) {
        // What fails here fails again where it belongs; whether rights are too many can stay unknown.
        if (isAppError(error) && error.kind !== 'cancelled') return undefined
        throw error
      }
    },
    pullRemedy:
      'Grant the account a role with artifactregistry.repositories.downloadArtifacts on the repository, such as roles/artifactregistry.reader.',
    firstRepository: async (inner) => (await first(inner))?.name,
    async pull(_, inner) {
      const found = await first(inner)
      if (found === undefined) return undefined
      const { host } = found.repository
      await clientAt(host).headManifest(found.path, found.reference, inner)
      return `${host}/${found.path}${found.reference.includes(':') ? '@' : ':'}${found.reference}`
    },
  }
}

async function firstImage(listing: ListingScope, signal?: AbortSignal): Promise<FirstImage | undefined> {
  const { repositories } = await listing.survey(undefined, signal)
  for (const repository of repositories.slice(0, MOST_ASKED)) {
    const image = await firstOf(listing.api, repository, signal)
    if (image === undefined) continue
    const name = listing.nameOf(repository, image.name.image)
    const path = `${repository.prefix}/${image.name.image}`
    return { repository, name, path, reference: image.tags[0] ?? image.name.digest }
  }
  return undefined
}

async function firstOf(api: ArtifactApi, repository: ArtifactRepository, signal?: AbortSignal) {
  try {
    const { items } = await api.images(repository, { pageSize: FEW_IMAGES, signal })
    return items.find(({ tags }) => tags.length > 0) ?? items[0]
  } catch (error) {
    if (isAppError(error) && error.code === 'platform-not-found') return undefined
    throw error
  }
}

async function excessOf(
  api: ArtifactApi,
  repository: ArtifactRepository,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const held = await api.permissionsHeld(repository, Object.keys(excess), signal)
  const named = Object.entries(excess).filter(([permission]) => held.includes(permission))
  if (named.length === 0) return undefined
  return `they may also ${named.map(([permission, what]) => `${what} (${permission})`).join(', ')}`
}
