import { z } from 'zod'
import { isRepositoryName, type Secret, strip, stripEnd } from '../../../core/index.ts'
import {
  optionalText,
  parseSettings,
  requiredSecret,
  requiredText,
  switchedOn,
  textLines,
  type Transport,
  transportOf,
  transportShape,
} from '../../index.ts'

export interface GitlabSettings {
  readonly username: string
  readonly token: Secret<string>
  /** Path of a group, project or user, without slashes at its ends; undefined: whatever the account is a member of. */
  readonly namespace: string | undefined
  /** Empty: ask GitLab. */
  readonly repositories: readonly string[]
  /** With the path below which GitLab is, without a slash at its end. */
  readonly gitlabUrl: string
  /** `host` or `host:port`. */
  readonly registryHost: string
  /** Whether the registry is asked without TLS. */
  readonly plainRegistry: boolean
  /** Whether anything is. */
  readonly plainHttp: boolean
  readonly transport: Transport
}

const gitlabCom = 'https://gitlab.com'
const registryOfGitlabCom = 'https://registry.gitlab.com'
/** Groups, subgroups and a project (docs.gitlab.com, Rules for usernames, project and group names and slugs). */
const namespacePath =
  /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[a-z0-9_.][a-z0-9_.-]*(?:\/[a-z0-9_.][a-z0-9_.-]*){0,20}$/i

function address(text: string, { pathAllowed }: { readonly pathAllowed: boolean }): URL | undefined {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`)
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    return undefined
  const isPlain = url.search === '' && url.hash === '' && !/[^\w./~-]/.test(url.pathname)
  return isPlain && (pathAllowed || url.pathname === '/') ? url : undefined
}

const form = z
  .object({
    username: requiredText(255, 'The username is missing.'),
    token: requiredSecret('The token is missing.'),
    namespace: optionalText(500),
    repositories: textLines(10_000),
    gitlabUrl: optionalText(500),
    registryUrl: optionalText(500),
    allowPlainHttp: switchedOn,
    ...transportShape,
  })
  .superRefine((values, context) => {
    for (const [path, message] of problems(values))
      context.addIssue({ code: 'custom', path: [path], message })
  })

type Values = Pick<
  z.output<typeof form>,
  'username' | 'namespace' | 'repositories' | 'gitlabUrl' | 'registryUrl' | 'allowPlainHttp'
>
type Problem = readonly [field: string, message: string]

function urlProblem(field: string, url: URL | undefined, { allowPlainHttp }: Values): Problem[] {
  if (url === undefined)
    return [[field, 'Write it as https://gitlab.example.com, with a port where it has one.']]
  if (url.protocol === 'https:' || allowPlainHttp) return []
  return [[field, 'Plain HTTP sends the token unprotected. Use https://, or switch on "Allow plain HTTP".']]
}

function problems(values: Values): Problem[] {
  const gitlab = address(values.gitlabUrl ?? gitlabCom, { pathAllowed: true })
  const isGitlabCom = gitlab?.hostname === 'gitlab.com'
  const registry = address(values.registryUrl ?? registryOfGitlabCom, { pathAllowed: false })
  const badName = values.repositories.find((name) => !isRepositoryName(name))
  const isDeployToken = values.username.startsWith('gitlab+deploy-token-')
  return [
    ...urlProblem('gitlabUrl', gitlab, values),
    ...(values.registryUrl === undefined && !isGitlabCom
      ? [
          [
            'registryUrl',
            'Give the registry of your GitLab: the host before the image names at Deploy → Container registry.',
          ] as const,
        ]
      : urlProblem('registryUrl', registry, values)),
    ...(values.namespace === undefined || namespacePath.test(strip(values.namespace, '/'))
      ? []
      : [
          [
            'namespace',
            'Write the path as in the address on GitLab, such as acme or acme/team/project.',
          ] as const,
        ]),
    ...(badName === undefined
      ? []
      : [
          [
            'repositories',
            `"${badName.slice(0, 100)}" is not a repository: write names like acme/team/api, without host and tag.`,
          ] as const,
        ]),
    ...(isDeployToken && values.repositories.length === 0
      ? [
          [
            'repositories',
            'A deploy token cannot list. Name the repositories here, or give an access token with read_api and read_registry.',
          ] as const,
        ]
      : []),
  ]
}

/** @throws AppError `settings-invalid` (invalid) */
export function readSettings(settings: unknown): GitlabSettings {
  const values = parseSettings(form, settings)
  const gitlab = new URL(address(values.gitlabUrl ?? gitlabCom, { pathAllowed: true }) ?? gitlabCom)
  const registry = new URL(
    address(values.registryUrl ?? registryOfGitlabCom, { pathAllowed: false }) ?? registryOfGitlabCom,
  )
  return {
    username: values.username,
    token: values.token,
    namespace: values.namespace === undefined ? undefined : strip(values.namespace, '/'),
    repositories: values.repositories,
    gitlabUrl: gitlab.origin + stripEnd(gitlab.pathname, '/'),
    registryHost: registry.host,
    plainRegistry: registry.protocol === 'http:',
    plainHttp: registry.protocol === 'http:' || gitlab.protocol === 'http:',
    transport: transportOf(values),
  }
}
