import { z } from 'zod'
import { isRepositoryName, type Secret } from '../../../core/index.ts'
import {
  optionalText,
  parseSettings,
  requiredSecret,
  requiredText,
  type Transport,
  transportOf,
  transportShape,
} from '../../index.ts'
import { type AccessMethod, accessMethods, type DockerPlace, placeBy } from './place.ts'

export interface JfrogSettings {
  readonly username: string | undefined
  readonly password: Secret<string>
  /** `host` or `host:port`. */
  readonly domain: string
  /** Key of the repository. */
  readonly repository: string
  readonly docker: DockerPlace
  readonly transport: Transport
}

const form = z.object({
  username: optionalText(255),
  password: requiredSecret('The password or token is missing.'),
  domain: requiredText(300, 'The domain of Artifactory is missing.'),
  repository: requiredText(100, 'The key of the repository is missing.'),
  dockerAccess: optionalText(20),
  dockerHost: optionalText(300),
  ...transportShape,
})

type Form = z.output<typeof form>

const host = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::\d{1,5})?$/

/** @returns undefined unless it is a host, or the address of one */
function hostIn(text: string): string | undefined {
  const bare = text
    .toLowerCase()
    .replace(/^https:\/\//, '')
    .replace(/\/(?:artifactory\/?|ui\/?)?$/, '')
  return host.test(bare) ? bare : undefined
}

function isMethod(text: string | undefined): text is AccessMethod {
  return accessMethods.some((method) => method === text)
}

function problems({ domain, repository, dockerAccess, dockerHost }: Form): Record<string, string> {
  const found: Record<string, string> = {}
  if (hostIn(domain) === undefined) {
    found['domain'] = /^http:/i.test(domain)
      ? 'Plain HTTP would send the password unprotected: write the host of Artifactory, which must answer over HTTPS.'
      : 'Write the host of Artifactory only, such as artifactory.mycompany.com or mycompany.jfrog.io.'
  }
  if (!isRepositoryName(repository) || repository.includes('/')) {
    found['repository'] =
      'Write the key of one repository, such as docker-prod: lower-case letters, digits and . _ -.'
  }
  if (dockerAccess !== undefined && !isMethod(dockerAccess))
    found['dockerAccess'] = 'Choose one of the access methods.'
  if (dockerHost !== undefined && hostIn(dockerHost) === undefined) {
    found['dockerHost'] = 'Write a host, with a port where it has one: docker.mycompany.com:5001.'
  } else if (dockerAccess === 'port' && !/:\d+\/?$/.test(dockerHost ?? '')) {
    found['dockerHost'] = 'With the method Port, write host and port here: artifactory.mycompany.com:5001.'
  }
  return found
}

const schema = form.superRefine((values, context) => {
  for (const [path, message] of Object.entries(problems(values)))
    context.addIssue({ code: 'custom', path: [path], message })
})

/** @throws AppError `settings-invalid` (invalid) */
export function readSettings(settings: unknown): JfrogSettings {
  const values = parseSettings(schema, settings)
  const { username, password, repository } = values
  const domain = hostIn(values.domain) ?? ''
  const dockerHost = values.dockerHost === undefined ? undefined : hostIn(values.dockerHost)
  const method = isMethod(values.dockerAccess) ? values.dockerAccess : 'path'
  const docker = placeBy(method, { domain, repository, dockerHost })
  return { username, password, domain, repository, docker, transport: transportOf(values) }
}
