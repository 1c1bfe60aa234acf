import { type PlatformDescription, transportFields } from '../../index.ts'

/** The scopes of an organization access token, as its page names them (docs.docker.com, Organization access tokens). */
const policy = `Resources > Repository > All <organization> repositories
  Image Pull       scope-image-pull
  Tag Read         scope-tag-read
Resources > Organization
  Repository List  scope-repository-list`

export const description: PlatformDescription = {
  id: 'dockerhub',
  label: 'Docker Hub',
  summary: 'Public and private repositories of a person or an organization on Docker Hub.',
  docs: 'docs/registries/dockerhub.md',
  fields: [
    {
      name: 'username',
      label: 'Username',
      kind: 'text',
      required: true,
      secret: false,
      help: 'Docker Hub username or organization name. The name of an organization goes with an organization access token only.',
      placeholder: 'acme',
    },
    {
      name: 'password',
      label: 'Password',
      kind: 'password',
      required: true,
      secret: true,
      help: 'Docker Hub password or PAT. Accounts with two-factor authentication or single sign-on need a token: a personal access token with the access Read-only, or an organization access token.',
    },
    {
      name: 'namespace',
      label: 'Namespace',
      kind: 'text',
      required: false,
      secret: false,
      help: 'Optional: restrict to a specific namespace, of whoever it is. Empty: all namespaces of the account.',
      placeholder: 'acme',
    },
    {
      name: 'repositories',
      label: 'Repositories',
      kind: 'lines',
      required: false,
      secret: false,
      help: 'One a line. Needed only where the token may not list repositories; only these are discovered then.',
      placeholder: 'acme/api',
    },
    ...transportFields,
  ],
  permissions: [
    {
      name: 'Read-only (repo:read)',
      why: 'Of a personal access token: to list repositories and tags, and to pull. "Public Repo Read-only" does not see private repositories.',
    },
    { name: 'Image Pull (scope-image-pull)', why: 'Of an organization access token: to pull images.' },
    { name: 'Tag Read (scope-tag-read)', why: 'Of an organization access token: to list tags.' },
    {
      name: 'Repository List (scope-repository-list)',
      why: 'Of an organization access token: without it Docker Hub lists the public repositories only, and does not say so.',
    },
  ],
  policy: { label: 'Organization access token', text: policy },
  limits: [
    {
      bucket: 'api',
      requests: 600,
      seconds: 60,
      atOnce: 3,
      source:
        'https://docs.docker.com/reference/api/hub/latest/ (rate limiting): by the minute, without a number; the answers say what is left',
    },
    {
      bucket: 'pulls',
      requests: 1000,
      seconds: 60,
      source:
        'https://docs.docker.com/docker-hub/usage/: thousands of requests a minute for everybody; beside that 200 pulls in 6 hours for a personal account, no such number for paid ones: the answers say what is left',
    },
  ],
}
