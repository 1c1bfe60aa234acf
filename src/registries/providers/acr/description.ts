import { type PlatformDescription, transportFields } from '../../index.ts'
import { clouds } from './cloud.ts'

const limitsPage =
  'https://learn.microsoft.com/azure/container-registry/container-registry-skus (Basic and Standard; Premium has twice that)'

const policy = `# The registry's mode: RBAC unless "ABAC repository permissions" was switched on for it.
REGISTRY=$(az acr show --name <Registry Name> --query id --output tsv)

# RBAC registry permissions: one role.
az role assignment create --assignee <Client ID> --scope "$REGISTRY" --role AcrPull

# RBAC registry + ABAC repository permissions: AcrPull does nothing there; these two instead.
az role assignment create --assignee <Client ID> --scope "$REGISTRY" \\
  --role "Container Registry Repository Reader"
az role assignment create --assignee <Client ID> --scope "$REGISTRY" \\
  --role "Container Registry Repository Catalog Lister"

# Without Microsoft Entra ID: a token for some repositories, named one by one in the form too.
az acr token create --registry <Registry Name> --name portolan \\
  --repository <repository> content/read metadata/read`

export const description: PlatformDescription = {
  id: 'acr',
  label: 'Azure ACR',
  summary: 'Azure Container Registry in Azure, Azure US Government and Azure China.',
  docs: 'docs/registries/acr.md',
  fields: [
    {
      name: 'registryName',
      label: 'Registry Name',
      kind: 'text',
      required: true,
      secret: false,
      guardsSecrets: true,
      help: 'Your Azure registry name: myregistry of myregistry.azurecr.io. The whole login server does as well.',
      placeholder: 'myregistry',
    },
    {
      name: 'cloud',
      label: 'Cloud',
      kind: 'select',
      required: false,
      secret: false,
      guardsSecrets: true,
      help: 'Where the registry is. Azure unless you choose another, or Registry Name is a login server that says so.',
      options: clouds.map(({ id, label, suffix }) => ({ value: id, label: `${label} (${suffix})` })),
    },
    {
      name: 'clientId',
      label: 'Client ID',
      kind: 'text',
      required: true,
      orAmbient: true,
      secret: false,
      help: 'Application (client) ID of the service principal, or the name of a repository-scoped token. With a managed identity: that of a user-assigned one, or empty.',
      placeholder: '00000000-0000-0000-0000-000000000000',
    },
    {
      name: 'clientSecret',
      label: 'Client Secret',
      kind: 'password',
      required: true,
      orAmbient: true,
      secret: true,
      help: 'The value of a client secret of the service principal, not its Secret ID; or a password of the token.',
    },
    {
      name: 'tenantId',
      label: 'Tenant ID',
      kind: 'text',
      required: false,
      secret: false,
      guardsSecrets: true,
      help: 'Directory (tenant) ID that the service principal and the registry belong to. Empty for a repository-scoped token, which belongs to none, and with a managed identity.',
      placeholder: '00000000-0000-0000-0000-000000000000',
    },
    {
      name: 'repositories',
      label: 'Repositories',
      kind: 'lines',
      required: false,
      secret: false,
      help: 'One a line. Needed for a repository-scoped token, which may never list them; only these are discovered then.',
      placeholder: 'acme/api',
    },
    ...transportFields,
  ],
  permissions: [
    {
      name: 'AcrPull',
      why: 'In a registry with RBAC registry permissions: lists repositories and tags, and pulls.',
    },
    {
      name: 'Container Registry Repository Reader',
      why: 'In a registry with RBAC + ABAC repository permissions, where AcrPull has no effect: reads tags and pulls. A condition may narrow it to some repositories.',
    },
    {
      name: 'Container Registry Repository Catalog Lister',
      why: 'In a registry with RBAC + ABAC repository permissions: lists the repositories. It cannot be narrowed, and is not needed where they are named one by one.',
    },
    {
      name: 'metadata/read',
      why: 'In the scope map of a repository-scoped token, on each repository: lists its tags.',
    },
    {
      name: 'content/read',
      why: 'In the scope map of a repository-scoped token, on each repository: pulls.',
    },
  ],
  policy: { label: 'Azure CLI', text: policy },
  limits: [
    { bucket: 'read', requests: 5000, seconds: 60, atOnce: 6, source: limitsPage },
    { bucket: 'sign-in', requests: 10_000, seconds: 60, source: limitsPage },
  ],
}
