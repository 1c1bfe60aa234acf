import { randomBytes } from 'node:crypto'
import type { Content } from './content.ts'
import type { Listed, PageMarks } from './pages.ts'
import type { Principals } from './principals.ts'
import type { AwsRefusal } from './sigv4.ts'

export interface EcrState {
  readonly accountId: string
  readonly region: string
  readonly partition: string
  readonly registryHost: string
  readonly pageSize: number
  readonly content: Content
  readonly principals: Principals
  readonly marks: PageMarks
  /** Passwords of the registry half: when each ends. Milliseconds since the epoch. */
  readonly passwords: Map<string, { readonly endsAt: number; readonly keyId: string }>
  now(): number
}

type Json = Readonly<Record<string, unknown>>
type Answer = Json | AwsRefusal
type Action = (state: EcrState, input: Json, keyId: string) => Answer

const refuse = (name: string, message: string, status = 400): AwsRefusal => ({ status, name, message })
const seconds = (milliseconds: number): number => milliseconds / 1000
const passwordLife = 12 * 3_600_000
const manifestSize = 1000

const arnOf = ({ partition, region, accountId }: EcrState, repository: string): string =>
  `arn:${partition}:ecr:${region}:${accountId}:repository/${repository}`

export function notAuthorized(state: EcrState, keyId: string, action: string, resource: string): string {
  const who = state.principals.byKey.get(keyId)?.arn ?? ''
  const kind = who.includes(`:${state.accountId}:`) ? 'identity' : 'resource'
  return `User: ${who} is not authorized to perform: ${action} on resource: ${resource} because no ${kind}-based policy allows the ${action} action`
}

const actions: Readonly<Record<string, Action>> = {
  GetAuthorizationToken(state, _, keyId) {
    const password = randomBytes(1200).toString('base64')
    const endsAt = state.now() + passwordLife
    state.passwords.set(password, { endsAt, keyId })
    return {
      authorizationData: [
        {
          authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'),
          expiresAt: seconds(endsAt),
          proxyEndpoint: `https://${state.registryHost}`,
        },
      ],
    }
  },
  DescribeRepositories(state, input) {
    const page = pageOf(state, 'DescribeRepositories', input, {
      entries: state.content.names(),
      keyOf: (name) => name,
    })
    if ('status' in page) return page
    const repositories = page.entries.map((repositoryName) => ({
      repositoryArn: arnOf(state, repositoryName),
      registryId: state.accountId,
      repositoryName,
      repositoryUri: `${state.registryHost}/${repositoryName}`,
      createdAt: 1_700_000_000.123,
      imageTagMutability: 'MUTABLE',
      imageScanningConfiguration: { scanOnPush: false },
      encryptionConfiguration: { encryptionType: 'AES256' },
    }))
    return { repositories, ...page.next }
  },
  DescribeImages(state, input) {
    const repository = String(input['repositoryName'])
    if (!state.content.has(repository)) {
      return refuse(
        'RepositoryNotFoundException',
        `The repository with name '${repository}' does not exist in the registry with id '${state.accountId}'`,
      )
    }
    const { tagStatus } = (input['filter'] ?? {}) as { readonly tagStatus?: string }
    const page = pageOf(state, 'DescribeImages', input, {
      entries: state.content.images(repository),
      keyOf: ({ digest }) => digest,
      isWanted: ({ tags }) => tagStatus === undefined || tags.size > 0 === (tagStatus === 'TAGGED'),
    })
    if ('status' in page) return page
    const imageDetails = page.entries.map((image) => ({
      registryId: state.accountId,
      repositoryName: repository,
      imageDigest: image.digest,
      ...(image.tags.size === 0 ? {} : { imageTags: [...image.tags] }),
      imageSizeInBytes: image.size + manifestSize,
      imagePushedAt: seconds(image.pushedAt),
      imageManifestMediaType: image.mediaType,
      artifactMediaType: 'application/vnd.oci.image.config.v1+json',
      imageStatus: 'ACTIVE',
    }))
    return { imageDetails, ...page.next }
  },
}

function pageOf<T>(
  state: EcrState,
  action: string,
  input: Json,
  listed: Listed<T>,
): AwsRefusal | { readonly entries: readonly T[]; readonly next: { readonly nextToken?: string } } {
  const { maxResults = 100, nextToken, ...rest } = input
  if (typeof maxResults !== 'number' || maxResults < 1 || maxResults > 1000) {
    return refuse(
      'InvalidParameterException',
      "Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must have value less than or equal to 1000'",
    )
  }
  const ask = { request: [action, rest], mark: nextToken, size: Math.min(maxResults, state.pageSize) }
  const page = state.marks.page(listed, ask)
  if (page === undefined) {
    return refuse(
      'InvalidParameterException',
      "Invalid parameter at 'nextToken' failed to satisfy constraint: 'Invalid token'",
    )
  }
  return { entries: page.entries, next: page.next === undefined ? {} : { nextToken: page.next } }
}

/** One action of the API by who has proved to be the owner of a key. */
export function act(state: EcrState, action: string, input: Json, keyId: string): Answer {
  const perform = actions[action]
  if (perform === undefined) return refuse('UnknownOperationException', '')
  const resource =
    action === 'GetAuthorizationToken' ? '*' : arnOf(state, String(input['repositoryName'] ?? '*'))
  const { registryId = state.accountId } = input
  const isOwn = state.principals.byKey.get(keyId)?.arn.includes(`:${state.accountId}:`) === true
  const isAllowed = state.principals.allows(keyId, `ecr:${action}`) && registryId === state.accountId
  if (!isAllowed || !(isOwn || action === 'GetAuthorizationToken')) {
    return refuse('AccessDeniedException', notAuthorized(state, keyId, `ecr:${action}`, resource))
  }
  return perform(state, input, keyId)
}
