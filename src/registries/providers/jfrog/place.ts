/** How images of a repository are named and pulled (Artifactory: HTTP settings, "Docker access method"). */
export const accessMethods = ['path', 'subdomain', 'port'] as const
export type AccessMethod = (typeof accessMethods)[number]

/** Where images are pulled from. */
export interface DockerPlace {
  readonly method: AccessMethod
  /** `host` or `host:port`, as image references write it. */
  readonly host: string
  /** What stands before the name of an image: `docker-prod/`, or nothing. */
  readonly prefix: string
}

/** The place by a method; JFrog's cloud writes subdomains with a hyphen: `acme-docker-prod.jfrog.io`. */
export function placeBy(
  method: AccessMethod,
  { domain, repository, dockerHost }: { domain: string; repository: string; dockerHost: string | undefined },
): DockerPlace {
  if (method === 'path') return { method, host: dockerHost ?? domain, prefix: `${repository}/` }
  if (method === 'port') return { method, host: dockerHost ?? domain, prefix: '' }
  const [server = '', ...rest] = domain.split('.')
  const isCloud = rest.join('.') === 'jfrog.io'
  const subdomain = isCloud ? `${server}-${repository}.jfrog.io` : `${repository}.${domain}`
  return { method, host: dockerHost ?? subdomain, prefix: '' }
}
