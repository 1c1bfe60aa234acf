import type { RegistryPlatform } from '../../contract/index.ts'

/** Invented platforms with every kind of field: the pages must draw any form from its description. */
export const platforms: RegistryPlatform[] = [
  {
    id: 'harbour',
    label: 'Harbour Registry',
    summary: 'A registry that you run yourself and that speaks the OCI distribution protocol.',
    docs: 'docs/howto/connect-harbour.md',
    fields: [
      {
        name: 'url',
        label: 'URL',
        kind: 'url',
        required: true,
        secret: false,
        help: 'Address of the registry, with https://.',
        placeholder: 'https://registry.example.com',
      },
      { name: 'username', label: 'Username', kind: 'text', required: true, secret: false, help: '' },
      {
        name: 'password',
        label: 'Password',
        kind: 'password',
        required: true,
        secret: true,
        help: 'Password or access token; reading is enough.',
      },
      {
        name: 'repositories',
        label: 'Repositories',
        kind: 'lines',
        required: false,
        secret: false,
        help: 'One a line. Only needed where the registry has no catalogue.',
      },
      {
        name: 'plainHttp',
        label: 'Plain HTTP',
        kind: 'boolean',
        required: false,
        secret: false,
        help: 'Without TLS; only where the operator allows it.',
      },
    ],
    permissions: [
      { name: 'registry:catalog:*', why: 'to list the repositories' },
      { name: 'repository:*:pull', why: 'to list tags and read layers' },
    ],
    policy: null,
  },
  {
    id: 'cloud-dock',
    label: 'Cloud Dock',
    summary: 'The registry of a cloud, with its own keys and regions.',
    docs: 'https://docs.example.com/cloud-dock',
    fields: [
      {
        name: 'accessKeyId',
        label: 'Access Key ID',
        kind: 'text',
        required: true,
        secret: false,
        help: 'Key of a service account that may only read.',
      },
      {
        name: 'secretAccessKey',
        label: 'Secret Access Key',
        kind: 'password',
        required: true,
        secret: true,
        help: '',
      },
      {
        name: 'region',
        label: 'Region',
        kind: 'select',
        required: true,
        secret: false,
        help: '',
        options: [
          { value: 'north-1', label: 'North 1' },
          { value: 'south-1', label: 'South 1' },
        ],
      },
      {
        name: 'serviceAccount',
        label: 'Service Account JSON',
        kind: 'textarea',
        required: false,
        secret: true,
        help: 'Optional.',
      },
    ],
    permissions: [
      { name: 'dock:ListRepositories', why: 'to list the repositories' },
      { name: 'dock:ReadImages', why: 'to read manifests and layers' },
    ],
    policy: {
      label: 'Least-privilege policy',
      text: JSON.stringify(
        {
          version: 1,
          statements: [{ effect: 'allow', actions: ['dock:ListRepositories', 'dock:ReadImages'] }],
        },
        null,
        2,
      ),
    },
  },
  {
    id: 'quay-side',
    label: 'Quayside',
    summary: 'A hosted registry with namespaces and robot accounts.',
    docs: '',
    fields: [
      { name: 'token', label: 'Token', kind: 'password', required: true, secret: true, help: '' },
      { name: 'namespace', label: 'Namespace', kind: 'text', required: true, secret: false, help: '' },
    ],
    permissions: [{ name: 'repo:read', why: 'to list and pull' }],
    policy: null,
  },
]
