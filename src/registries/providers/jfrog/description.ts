import { type PlatformDescription, transportFields } from '../../index.ts'

const policy = `{
  "name": "portolan-read",
  "resources": {
    "artifact": {
      "actions": { "users": { "<Username>": ["READ"] } },
      "targets": { "<Repository>": { "include_patterns": ["**"] } }
    }
  }
}`

export const description: PlatformDescription = {
  id: 'jfrog',
  label: 'JFrog Artifactory',
  summary:
    'One Docker or OCI repository of JFrog Artifactory: cloud, self-hosted, or one of several deployments.',
  docs: 'docs/registries/jfrog.md',
  fields: [
    {
      name: 'username',
      label: 'Username',
      kind: 'text',
      required: false,
      secret: false,
      help: 'Artifactory user. May stay empty with an access token, which names its user itself.',
    },
    {
      name: 'password',
      label: 'Password',
      kind: 'password',
      required: true,
      secret: true,
      help: 'Identity token, reference token or access token of that user; a password or an old API key where they still work.',
    },
    {
      name: 'domain',
      label: 'Domain',
      kind: 'text',
      required: true,
      secret: false,
      guardsSecrets: true,
      help: 'Host of Artifactory. With several deployments or edge nodes, make one connection for each.',
      placeholder: 'artifactory.mycompany.com',
    },
    {
      name: 'repository',
      label: 'Repository',
      kind: 'text',
      required: true,
      secret: false,
      guardsSecrets: true,
      help: 'Key of a Docker or OCI repository: local, remote, virtual or federated. A virtual one shows all that it contains.',
      placeholder: 'docker-prod',
    },
    {
      name: 'dockerAccess',
      label: 'Docker access method',
      kind: 'select',
      required: false,
      secret: false,
      guardsSecrets: true,
      help: 'How images are pulled, by the HTTP settings of Artifactory. The check says which one works.',
      options: [
        { value: 'path', label: 'Repository path: host/repository/image' },
        { value: 'subdomain', label: 'Subdomain: repository.host/image' },
        { value: 'port', label: 'Port: host:port/image' },
      ],
    },
    {
      name: 'dockerHost',
      label: 'Docker host',
      kind: 'text',
      required: false,
      secret: false,
      guardsSecrets: true,
      help: 'Only where images are pulled from another host than the domain, or by a port.',
      placeholder: 'docker-prod.artifactory.mycompany.com',
    },
    ...transportFields,
  ],
  permissions: [
    {
      name: 'Read',
      why: 'On the repository (of a virtual one: on those in it): lists, finds dates and digests by a search, and pulls. Nothing else is needed.',
    },
  ],
  policy: { label: 'Permission target (POST /access/api/v2/permissions)', text: policy },
  limits: [
    {
      bucket: 'search',
      requests: 60,
      seconds: 60,
      atOnce: 1,
      source:
        'https://docs.jfrog.com/artifactory/docs/aql-performance (three searches at once; one is used, so that others find their place)',
    },
  ],
}
