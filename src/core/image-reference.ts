import { AppError } from './app-error.ts'
import { type Digest, isDigest } from './digest.ts'

/** A parsed image name: where it is kept, and which one. At least one of tag and digest is present. */
export interface ImageReference {
  /** Registry host with its port, as the protocol wants it: `registry-1.docker.io` never stands here, `docker.io` does. */
  readonly registry: string
  /** Path within the registry, lower case, with `library/` for one-part Docker Hub names. */
  readonly repository: string
  readonly tag?: string
  readonly digest?: Digest
}

const hub = 'docker.io'
const hubAliases = new Set([
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
])
const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const repositoryPattern = new RegExp(`^${component}(?:/${component})*$`)
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/
const hostPattern = /^(?:\[[0-9a-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::\d{1,5})?$/

/** Whether a repository path is one by the distribution specification (spec.md, Pulling manifests; 255 characters at most). */
export function isRepositoryName(text: string): boolean {
  return text.length <= 255 && repositoryPattern.test(text)
}

export function isTag(text: string): boolean {
  return tagPattern.test(text)
}

function invalid(text: string, why: string): AppError {
  return new AppError({
    code: 'image-reference-invalid',
    kind: 'invalid',
    publicMessage: `"${text.slice(0, 200)}" is not an image reference: ${why}.`,
    remedy:
      'Write it as [HOST/]REPOSITORY[:TAG][@sha256:DIGEST], for example debian:12 or ghcr.io/acme/api:1.4.',
  })
}

function splitHost(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/')
  const first = slash < 0 ? '' : name.slice(0, slash)
  const isHost = first.includes('.') || first.includes(':') || first === 'localhost' || first.startsWith('[')
  if (!isHost) return { registry: hub, repository: slash < 0 ? `library/${name}` : name }
  const rest = name.slice(slash + 1)
  if (!hubAliases.has(first)) return { registry: first, repository: rest }
  return { registry: hub, repository: rest.includes('/') ? rest : `library/${rest}` }
}

/**
 * Reads a reference as Docker does: no host means Docker Hub, no tag and no digest mean `latest`.
 *
 * @example parseImageReference('debian:12') // { registry: 'docker.io', repository: 'library/debian', tag: '12' }
 * @throws AppError `image-reference-invalid` (invalid)
 */
export function parseImageReference(text: string): ImageReference {
  const at = text.indexOf('@')
  const digest = at < 0 ? undefined : text.slice(at + 1)
  const named = at < 0 ? text : text.slice(0, at)
  if (digest !== undefined && !isDigest(digest)) throw invalid(text, 'what follows @ is not a sha256 digest')
  const colon = named.lastIndexOf(':')
  const hasTag = colon > named.lastIndexOf('/')
  const tag = hasTag ? named.slice(colon + 1) : digest === undefined ? 'latest' : undefined
  if (tag !== undefined && !isTag(tag)) throw invalid(text, 'the tag has characters that no tag may have')
  const { registry, repository } = splitHost(hasTag ? named.slice(0, colon) : named)
  if (!hostPattern.test(registry)) throw invalid(text, 'the host is not a host name')
  if (!isRepositoryName(repository))
    throw invalid(text, 'the repository has characters that no repository may have')
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  }
}

/** The whole reference as text; parsing it gives the same reference. */
export function formatImageReference(reference: ImageReference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`
  return `${reference.registry}/${reference.repository}${tag}${digest}`
}

/** What the protocol is asked for: the digest where there is one, else the tag. */
export function manifestReference(reference: ImageReference): string {
  return reference.digest ?? reference.tag ?? 'latest'
}
