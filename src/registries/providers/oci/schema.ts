import { z } from 'zod'
import { isRepositoryName, type Secret, strip } from '../../../core/index.ts'
import {
  optionalSecret,
  optionalText,
  parseSettings,
  requiredText,
  switchedOn,
  textLines,
  type Transport,
  transportOf,
  transportShape,
} from '../../index.ts'

export interface OciSettings {
  /** `host` or `host:port`. */
  readonly host: string
  readonly plainHttp: boolean
  readonly transport: Transport
  readonly credentials: { readonly username: string; readonly password: Secret<string> } | undefined
  readonly signInHost: string | undefined
  /** Without slashes at its ends; '' for all. */
  readonly prefix: string
  /** Empty: ask the registry. */
  readonly repositories: readonly string[]
}

type Issue = { readonly path: string; readonly message: string }

const form = z.object({
  url: requiredText(500, 'The address of the registry is missing.'),
  username: optionalText(255),
  password: optionalSecret,
  prefix: optionalText(255),
  repositories: textLines(10_000),
  signInHost: optionalText(255),
  allowPlainHttp: switchedOn,
  ...transportShape,
})

type Form = z.output<typeof form>

function urlProblem({ url, allowPlainHttp }: Form): string | undefined {
  const parsed = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `https://${url}`)
  if (!parsed || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) {
    return 'Write the address as https://registry.example.com or registry.example.com:5000.'
  }
  if (parsed.username !== '' || parsed.password !== '')
    return 'Give user name and password in their own fields.'
  if (!/^\/(v2\/?)?$/.test(parsed.pathname) || parsed.search !== '' || parsed.hash !== '') {
    return 'Leave out the path: a namespace goes into the field Prefix.'
  }
  if (parsed.protocol === 'http:' && !allowPlainHttp) {
    return 'Plain HTTP sends passwords unprotected. Use https://, or switch on "Allow plain HTTP".'
  }
  return undefined
}

function problems(values: Form): Issue[] {
  const url = urlProblem(values)
  const badName = values.repositories.find((name) => !isRepositoryName(name))
  const prefix = strip(values.prefix ?? '', '/')
  return [
    ...(url ? [{ path: 'url', message: url }] : []),
    ...(badName === undefined
      ? []
      : [
          {
            path: 'repositories',
            message: `"${badName.slice(0, 100)}" is not a repository: write names like acme/api, one a line, without host and tag.`,
          },
        ]),
    ...(prefix === '' || isRepositoryName(prefix)
      ? []
      : [
          {
            path: 'prefix',
            message: 'That is not the beginning of a repository name, such as acme or acme/team.',
          },
        ]),
    ...(values.username && !values.password
      ? [{ path: 'password', message: 'The password or token is missing.' }]
      : []),
    ...(values.password && !values.username
      ? [{ path: 'username', message: 'The user name is missing.' }]
      : []),
    ...(values.signInHost !== undefined && !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(values.signInHost)
      ? [{ path: 'signInHost', message: 'Write a host name only, such as auth.example.com.' }]
      : []),
  ]
}

const schema = form.superRefine((values, context) => {
  for (const { path, message } of problems(values))
    context.addIssue({ code: 'custom', path: [path], message })
})

/** @throws AppError `settings-invalid` (invalid) */
export function readSettings(settings: unknown): OciSettings {
  const values = parseSettings(schema, settings)
  const url = new URL(values.url.includes('://') ? values.url : `https://${values.url}`)
  const { username, password } = values
  return {
    host: url.host,
    plainHttp: url.protocol === 'http:',
    transport: transportOf(values),
    credentials: username && password ? { username, password } : undefined,
    signInHost: values.signInHost?.toLowerCase(),
    prefix: strip(values.prefix ?? '', '/'),
    repositories: values.repositories,
  }
}
