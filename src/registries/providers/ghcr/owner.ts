import { AppError, isAppError } from '../../../core/index.ts'
import type { ApiClient } from '../../index.ts'
import { scopesIn } from './api.ts'
import { accountAnswer } from './schema.ts'

/** Where an owner's packages are listed, by what the owner is to the token. */
export type OwnerBase = `/orgs/${string}` | `/users/${string}` | '/user'

function notGithub(host: string, cause: AppError): AppError {
  return new AppError({
    code: 'not-a-registry',
    kind: 'invalid',
    publicMessage: `${host} does not answer as the API of GitHub does.`,
    remedy: 'Check the field API URL: https://api.github.com, or https://HOST/api/v3 of your own server.',
    cause,
  })
}

/** Who the token belongs to, which every GitHub says. `scopes` is undefined for tokens that have none to name. */
export async function tokenHolder(
  api: ApiClient,
  signal?: AbortSignal,
): Promise<{ readonly login: string; readonly scopes: readonly string[] | undefined }> {
  const { value, response } = await api
    .json({ path: '/user', doing: 'say whom the token belongs to', signal }, accountAnswer)
    .catch((error: unknown) => {
      throw isAppError(error) && error.code === 'platform-not-found' ? notGithub(api.host, error) : error
    })
  return { login: value.login, scopes: scopesIn(response) }
}

function unknownOwner(host: string, owner: string, cause: AppError): AppError {
  return new AppError({
    code: 'platform-not-found',
    kind: 'not-found',
    publicMessage: `${host} knows no user or organization ${owner}, or hides it from this token.`,
    remedy: 'Check the field User / Organization: the name as in the address of its page on GitHub.',
    cause,
  })
}

/**
 * Organizations and users are listed at different places; private packages of a user only by that user's own token.
 *
 * @throws AppError `platform-not-found` (not-found)
 */
export async function ownerBase(api: ApiClient, owner: string, signal?: AbortSignal): Promise<OwnerBase> {
  const name = encodeURIComponent(owner)
  try {
    const path = `/users/${name}`
    const { value } = await api.json({ path, doing: `look up ${owner}`, signal }, accountAnswer)
    if (value.type === 'Organization') return `/orgs/${name}`
  } catch (error) {
    if (isAppError(error) && error.code === 'platform-not-found') throw unknownOwner(api.host, owner, error)
    throw error
  }
  const { login } = await tokenHolder(api, signal)
  return login.toLowerCase() === owner.toLowerCase() ? '/user' : `/users/${name}`
}
