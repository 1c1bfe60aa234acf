import { AppError } from '../../../core/index.ts'
import { type ApiRefusal, notARegistry, saidIn } from '../../index.ts'

/** The account signs in, and may not see or read the repository. */
export function readMissing(host: string, repository: string, said = ''): AppError {
  return new AppError({
    code: 'permission-missing',
    kind: 'denied',
    publicMessage: `${host} accepts the credentials, but they may not read the repository ${repository}${said === '' ? '' : ` (it says: ${said})`}.`,
    remedy: `Give the user the permission Read on ${repository} (for a virtual repository, on those in it).`,
  })
}

/** @param seen keys of Docker repositories that the account sees */
export function repositoryUnknown(host: string, repository: string, seen: readonly string[]): AppError {
  const some = seen.slice(0, 5).join(', ')
  return new AppError({
    code: 'platform-not-found',
    kind: 'not-found',
    publicMessage: `${host} has no repository ${repository}, or hides it from this account.`,
    remedy:
      some === ''
        ? 'Check the key of the repository, and that the user has the permission Read on it.'
        : `Check the key of the repository. This account sees, among others: ${some}.`,
  })
}

export function notForImages(host: string, repository: string, packageType: string): AppError {
  return new AppError({
    code: 'platform-not-found',
    kind: 'invalid',
    publicMessage: `The repository ${repository} of ${host} holds ${packageType} packages, not container images.`,
    remedy: 'Enter the key of a repository of the type Docker or OCI.',
  })
}

/** What Artifactory's own answers mean; undefined: what the status says everywhere. */
export function explain(
  host: string,
  repository: string,
  { status, body }: ApiRefusal,
): AppError | undefined {
  // Where a sign-in page stands before Artifactory, or the domain is that of something else.
  if (status >= 300 && status < 400) return notARegistry(host)
  if (status === 403) return readMissing(host, repository, saidIn(body))
  return undefined
}
