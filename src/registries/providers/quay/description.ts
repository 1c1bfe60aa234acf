import { type PlatformDescription, transportFields } from '../../index.ts'

export const description: PlatformDescription = {
  id: 'quay',
  label: 'Quay.io',
  summary: 'Quay.io, and Quay servers of your own.',
  docs: 'docs/registries/quay.md',
  fields: [
    {
      name: 'token',
      label: 'Token',
      kind: 'password',
      required: true,
      secret: true,
      help: 'Quay.io API token with repository read permissions: an OAuth 2 access token of an application. Robot tokens will not do, they only pull.',
    },
    {
      name: 'namespace',
      label: 'Namespace',
      kind: 'text',
      required: true,
      secret: false,
      help: 'Quay namespace to scan: an organization or a user.',
      placeholder: 'mycompany',
    },
    {
      name: 'baseUrl',
      label: 'Base URL',
      kind: 'url',
      required: false,
      secret: false,
      guardsSecrets: true,
      help: 'Only for a Quay server of your own: its address. Empty: https://quay.io',
      placeholder: 'https://quay.example.com',
    },
    {
      name: 'allowPlainHttp',
      label: 'Allow plain HTTP',
      kind: 'boolean',
      required: false,
      secret: false,
      guardsSecrets: true,
      needs: 'insecure',
      help: 'Lets the base URL begin with http://. The token and images are then not protected on their way.',
    },
    ...transportFields,
  ],
  permissions: [
    {
      name: 'View all visible repositories (repo:read)',
      why: 'Scope of the token: to list repositories and tags, and to pull.',
    },
    {
      name: 'Read',
      why: 'Of the user who made the token, on every repository that is to be found: by a team, or on the repository. What that user may not see is left out without a word.',
    },
  ],
  policy: {
    label: 'Token',
    text: `Organization > Applications > Create New Application
Generate Token > View all visible repositories   repo:read`,
  },
  limits: [
    {
      bucket: 'api',
      requests: 4,
      seconds: 1,
      source:
        'https://github.com/quay/quay conf/nginx/rate-limiting.conf.jnj: 5 a second over HTTP/1.1, of which one is left to others',
    },
    {
      bucket: 'registry',
      requests: 40,
      seconds: 1,
      source:
        'https://github.com/quay/quay conf/nginx/server-base.conf.jnj: manifests and layers 50 a second over HTTP/1.1',
    },
  ],
}
