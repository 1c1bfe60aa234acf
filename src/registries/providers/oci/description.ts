import { type PlatformDescription, transportFields } from '../../index.ts'

export const description: PlatformDescription = {
  id: 'oci',
  label: 'OCI registry',
  summary: 'Any registry of the OCI distribution protocol: distribution, Harbor, zot and others.',
  docs: 'docs/registries/oci.md',
  fields: [
    {
      name: 'url',
      label: 'URL',
      kind: 'url',
      required: true,
      secret: false,
      help: 'Address of the registry, without a path.',
      placeholder: 'https://registry.example.com',
    },
    {
      name: 'username',
      label: 'Username',
      kind: 'text',
      required: false,
      secret: false,
      help: 'A user or a robot account (robot$name). Leave empty for a registry that is open to everybody.',
    },
    {
      name: 'password',
      label: 'Password',
      kind: 'password',
      required: false,
      secret: true,
      help: 'Password, access token or robot secret of that user.',
    },
    {
      name: 'prefix',
      label: 'Prefix',
      kind: 'text',
      required: false,
      secret: false,
      help: 'Only repositories at or below this path are discovered.',
      placeholder: 'acme/team',
    },
    {
      name: 'repositories',
      label: 'Repositories',
      kind: 'lines',
      required: false,
      secret: false,
      help: 'One a line. Needed where the registry does not list its repositories; only these are discovered then.',
      placeholder: 'acme/api',
    },
    {
      name: 'signInHost',
      label: 'Sign-in host',
      kind: 'text',
      required: false,
      secret: false,
      guardsSecrets: true,
      help: 'Host of the token server, where it is another than the registry: it may receive the password.',
      placeholder: 'auth.example.com',
    },
    {
      name: 'allowPlainHttp',
      label: 'Allow plain HTTP',
      kind: 'boolean',
      needs: 'insecure',
      required: false,
      secret: false,
      help: 'Lets the URL begin with http://. Passwords and images are then not protected on their way.',
    },
    ...transportFields,
  ],
  permissions: [
    { name: 'repository:<name>:pull', why: 'To read tags, manifests and layers. Harbor: "Pull Repository".' },
    {
      name: 'registry:catalog:*',
      why: 'To find the repositories; not needed where they are named one by one, nor on Harbor.',
    },
    {
      name: 'list-repository',
      why: 'Harbor only, "List Repository": to find the repositories of its projects.',
    },
    {
      name: 'list-artifact',
      why: 'Harbor only, "List Artifact": tags with digests and dates, 100 a request. Without it, one request for each tag.',
    },
    { name: 'read', why: 'zot only: on the repositories, in its accessControl.' },
  ],
  policy: {
    label: 'zot: accessControl for one user',
    text: `{
  "repositories": {
    "**": {
      "policies": [{ "users": ["portolan"], "actions": ["read"] }]
    }
  }
}`,
  },
  limits: [],
}
