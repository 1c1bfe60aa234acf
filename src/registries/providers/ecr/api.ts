import type * as Sdk from '@aws-sdk/client-ecr'
import { type CallerOptions, createCaller } from './caller.ts'

export interface PageOf {
  readonly maxResults: number
  readonly nextToken?: string | undefined
}

/**
 * The calls of the ECR API that are needed (API version 2015-09-21), as the SDK gives their answers: nothing of them is checked.
 * After refused credentials nothing is sent again.
 *
 * All throw AppError `credentials-refused` (auth), `permission-missing` (denied), `repository-not-found` (not-found),
 * `registry-rate-limited` (rate-limited), `registry-failing` (temporary), `clock-wrong`, `registry-refused`, `not-a-registry`,
 * `registry-answer-invalid` (invalid), and the network's.
 */
export interface EcrApi {
  authorizationToken(): Promise<Sdk.GetAuthorizationTokenCommandOutput>
  repositories(page: PageOf, signal?: AbortSignal): Promise<Sdk.DescribeRepositoriesCommandOutput>
  /** Images with tags only. */
  images(repository: string, page: PageOf, signal?: AbortSignal): Promise<Sdk.DescribeImagesCommandOutput>
}

export function createEcrApi(options: CallerOptions): EcrApi {
  const { accountId } = options.settings
  const call = createCaller(options)
  const abortable = (signal?: AbortSignal) => (signal === undefined ? {} : { abortSignal: signal })
  return {
    authorizationToken: () =>
      call({ action: 'ecr:GetAuthorizationToken' }, ({ sdk, client }) =>
        client.send(new sdk.GetAuthorizationTokenCommand({})),
      ),
    repositories: (page, signal) =>
      call(
        { action: 'ecr:DescribeRepositories' },
        ({ sdk, client }) =>
          client.send(
            new sdk.DescribeRepositoriesCommand({ registryId: accountId, ...page }),
            abortable(signal),
          ),
        signal,
      ),
    images: (repository, page, signal) =>
      call(
        { action: 'ecr:DescribeImages', repository },
        ({ sdk, client }) =>
          client.send(
            new sdk.DescribeImagesCommand({
              registryId: accountId,
              repositoryName: repository,
              filter: { tagStatus: 'TAGGED' },
              ...page,
            }),
            abortable(signal),
          ),
        signal,
      ),
  }
}
