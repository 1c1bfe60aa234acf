import { AppError, isDigest, isRepositoryName, isTag } from '../../core/index.ts'

/** Guards a path of the protocol: nothing but a repository name may come between its slashes. */
export function checkedRepository(repository: string): string {
  if (isRepositoryName(repository)) return repository
  throw new AppError({
    code: 'repository-name-invalid',
    kind: 'invalid',
    publicMessage: 'That is not a repository name: it has characters that no repository may have.',
    remedy: 'Write lower-case letters, digits and . _ - in parts separated by /.',
  })
}

export function checkedReference(reference: string): string {
  if (isTag(reference) || isDigest(reference)) return reference
  throw new AppError({
    code: 'manifest-reference-invalid',
    kind: 'invalid',
    publicMessage: 'That is neither a tag nor a sha256 digest.',
    remedy: 'Tags have at most 128 letters, digits and . _ -; digests are sha256: and 64 hex digits.',
  })
}

/** `acme/api:1.4` or `acme/api@sha256:…`: how messages name a manifest. */
export function manifestName(repository: string, reference: string): string {
  return `${repository}${isDigest(reference) ? '@' : ':'}${reference}`
}
