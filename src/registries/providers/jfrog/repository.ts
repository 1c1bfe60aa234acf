import { type AppError, isAppError } from '../../../core/index.ts'
import { type ApiClient, type AnswerSchema } from '../../index.ts'
import { repositoriesAnswer, repositoryAnswer } from './answers/schema.ts'
import { notForImages, readMissing, repositoryUnknown } from './explain.ts'

/** What kind of repository a key names. */
export interface RepositoryKind {
  /** What is searched: a remote repository keeps what it fetched in one beside it. */
  readonly searched: string
  readonly isVirtual: boolean
  /** Of a virtual repository, in the order in which they are asked; undefined where nobody says. */
  readonly members: readonly string[] | undefined
}

interface Found {
  readonly kind: string
  readonly packageType: string | undefined
  readonly members: readonly string[] | undefined
}

async function orRefusal<T>(
  api: ApiClient,
  path: string,
  schema: AnswerSchema<T>,
  signal: AbortSignal | undefined,
): Promise<T | AppError> {
  try {
    return (await api.json({ path, doing: 'read its repositories', signal }, schema)).value
  } catch (error) {
    const isRefusal = isAppError(error) && ['denied', 'not-found', 'invalid'].includes(error.kind)
    const isAnswer =
      isRefusal && ['permission-missing', 'platform-not-found', 'registry-refused'].includes(error.code)
    if (isAnswer) return error
    throw error
  }
}

/**
 * Finds out what a key names: by its configuration, of which others than administrators get a part, or not even that; then by
 * the list of all that the account sees.
 *
 * @throws AppError `permission-missing` (denied), `platform-not-found` (not-found, invalid)
 */
export async function repositoryKind(
  api: ApiClient,
  key: string,
  signal: AbortSignal | undefined,
): Promise<RepositoryKind> {
  const { kind, packageType = 'docker', members } = await find(api, key, signal)
  if (packageType !== 'docker' && packageType !== 'oci') throw notForImages(api.host, key, packageType)
  return { searched: kind === 'remote' ? `${key}-cache` : key, isVirtual: kind === 'virtual', members }
}

async function find(api: ApiClient, key: string, signal: AbortSignal | undefined): Promise<Found> {
  const own = await orRefusal(api, `/artifactory/api/repositories/${key}`, repositoryAnswer, signal)
  if (!isAppError(own)) {
    return { kind: own.rclass, packageType: own.packageType, members: own.repositories ?? undefined }
  }
  const all = await orRefusal(api, '/artifactory/api/repositories', repositoriesAnswer, signal)
  const seen = isAppError(all) ? [] : all
  const listed = seen.find((one) => one.key === key)
  if (listed) return { kind: listed.type, packageType: listed.packageType, members: undefined }
  if (own.kind === 'denied') throw readMissing(api.host, key)
  const images = seen.filter(({ packageType }) => packageType === 'docker' || packageType === 'oci')
  throw repositoryUnknown(
    api.host,
    key,
    images.map((one) => one.key),
  )
}
