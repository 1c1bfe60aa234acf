import { type PlatformDescription, transportFields } from '../../index.ts'

const limitsPage = 'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api'

export const description: PlatformDescription = {
  id: 'ghcr',
  label: 'GitHub GHCR',
  summary:
    'GitHub Container Registry of a user or an organization: github.com, GitHub Enterprise Cloud and Server.',
  docs: 'docs/registries/ghcr.md',
  fields: [
    {
      name: 'username',
      label: 'Username',
      kind: 'text',
      required: true,
      secret: false,
      help: 'GitHub username of the account that the token belongs to.',
      placeholder: 'octocat',
    },
    {
      name: 'token',
      label: 'Token',
      kind: 'password',
      required: true,
      secret: true,
      help: 'Personal access token (classic) with the scope read:packages. Fine-grained tokens and tokens of GitHub Apps cannot list container packages.',
    },
    {
      name: 'owner',
      label: 'User / Organization',
      kind: 'text',
      required: true,
      secret: false,
      help: 'The GitHub organization or user whose images are scanned.',
      placeholder: 'acme',
    },
    {
      name: 'apiUrl',
      label: 'API URL',
      kind: 'url',
      required: false,
      secret: false,
      guardsSecrets: true,
      help: 'Only for GitHub Enterprise: https://HOST/api/v3 of a server, https://api.SUBDOMAIN.ghe.com with data residency.',
      placeholder: 'https://api.github.com',
    },
    {
      name: 'registryHost',
      label: 'Registry host',
      kind: 'text',
      required: false,
      secret: false,
      guardsSecrets: true,
      help: 'Only for GitHub Enterprise, where it is not containers.HOST.',
      placeholder: 'ghcr.io',
    },
    ...transportFields,
  ],
  permissions: [
    { name: 'read:packages', why: 'To list packages with their versions and tags, and to pull images.' },
    {
      name: 'Read role on each private package',
      why: 'Private packages that the account may not read are left out of every list without a word.',
    },
    {
      name: 'SSO authorization of the token',
      why: 'Only where the organization enforces SAML single sign-on: it hides its packages from tokens that are not authorized for it.',
    },
  ],
  policy: { label: 'Scope of the personal access token (classic)', text: 'read:packages' },
  limits: [
    { bucket: 'api', requests: 5000, seconds: 3600, atOnce: 100, source: limitsPage },
    { bucket: 'api', requests: 900, seconds: 60, source: limitsPage },
  ],
}
