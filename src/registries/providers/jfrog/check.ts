import { AppError, isAppError } from '../../../core/index.ts'
import { type CheckSubject, type DistributionClient } from '../../index.ts'
import { isSearchRefused, type Listed } from './listing.ts'
import { listRepositories, listTags as listNativeTags, type Native } from './native.ts'
import { accessMethods, type DockerPlace, placeBy } from './place.ts'
import type { JfrogSettings } from './schema.ts'
import { tagFolders } from './search.ts'
import { excessIn } from './sign-in.ts'

/** What a check is made with; each asks at most once. */
export interface Checked {
  readonly settings: JfrogSettings
  listed(): Promise<Listed>
  readonly native: Native
  clientAt(place: DockerPlace): DistributionClient
}

/** Images that are looked at to find one that this account sees. */
const looksAt = 100

/** An image with a tag to pull, by the search that discovery uses, or by the registry protocol. */
async function anyImage(
  checked: Checked,
  signal?: AbortSignal,
): Promise<{ image: string; tag?: string } | undefined> {
  const listed = await checked.listed()
  const { searched } = listed.kind
  try {
    for await (const [{ path }] of tagFolders(listed.api, { repository: searched, limit: looksAt }, signal)) {
      const slash = path.lastIndexOf('/')
      const tag = path.slice(slash + 1)
      if (slash > 0 && !tag.startsWith('sha256__')) return { image: path.slice(0, slash), tag }
    }
  } catch (error) {
    if (!isSearchRefused(error)) throw error
  }
  for await (const { repositories } of listRepositories(checked.native, { pageSize: 1, signal })) {
    const [first] = repositories
    return first && { image: first.name.slice(checked.native.prefix.length) }
  }
  return undefined
}

const isPlaceWrong = (error: AppError): boolean =>
  error.kind !== 'auth' &&
  error.kind !== 'denied' &&
  error.kind !== 'rate-limited' &&
  error.kind !== 'cancelled'

function wrongMethod(cause: AppError, working: DockerPlace, image: string): AppError {
  const names = { path: 'Repository path', subdomain: 'Subdomain', port: 'Port' }
  return new AppError({
    code: 'docker-access-wrong',
    kind: 'invalid',
    publicMessage: `Images cannot be pulled so: ${cause.publicMessage} They can by ${working.host}/${working.prefix}${image}.`,
    remedy: `Choose the Docker access method "${names[working.method]}"${working.method === 'port' ? '' : ' and leave Docker host empty'}.`,
    cause,
  })
}

/** Tries the chosen way to pull, and where it does not work the others, so that the right one can be named. */
async function tryPull(checked: Checked, image: string, tag: string, signal?: AbortSignal): Promise<string> {
  const { settings } = checked
  const head = async (place: DockerPlace): Promise<string> => {
    await checked.clientAt(place).headManifest(place.prefix + image, tag, signal)
    return `${place.host}/${place.prefix}${image}:${tag}`
  }
  try {
    return await head(settings.docker)
  } catch (error) {
    if (!isAppError(error) || !isPlaceWrong(error)) throw error
    for (const method of accessMethods) {
      const place = placeBy(method, { ...settings, dockerHost: undefined })
      const isOther = place.host !== settings.docker.host || place.prefix !== settings.docker.prefix
      if (method === 'port' || !isOther) continue
      const works = await head(place).then(
        () => true,
        () => false,
      )
      if (works) throw wrongMethod(error, place, image)
    }
    throw error
  }
}

async function firstTag(checked: Checked, image: string, signal?: AbortSignal): Promise<string | undefined> {
  for await (const { tags } of listNativeTags(checked.native, checked.native.prefix + image, { signal }))
    return tags[0]?.name
  return undefined
}

/** A check that says which way to pull works. */
export function checkSubject(checked: Checked): CheckSubject {
  const { settings } = checked
  let found: Awaited<ReturnType<typeof anyImage>>
  return {
    host: settings.domain,
    plainHttp: false,
    verifyTls: !settings.transport.skipTlsVerification,
    hasCredentials: true,
    pullRemedy: `Give the user the permission Read on ${settings.repository} (for a virtual repository, on those in it).`,
    async signIn() {
      try {
        await checked.listed()
      } catch (error) {
        // Anonymous users may ping; that the repository is hidden from this user shows that it is known.
        if (!isAppError(error) || !['permission-missing', 'platform-not-found'].includes(error.code))
          throw error
      }
      return { signedIn: true }
    },
    excessRights: () => Promise.resolve(excessIn(settings.password)),
    async firstRepository(signal) {
      found = await anyImage(checked, signal)
      return found && checked.native.prefix + found.image
    },
    async pull(_repository, signal) {
      if (found === undefined) return undefined
      const tag = found.tag ?? (await firstTag(checked, found.image, signal))
      return tag === undefined ? undefined : tryPull(checked, found.image, tag, signal)
    },
  }
}
