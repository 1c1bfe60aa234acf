import { expect, it } from 'vitest'
import { registryPlatforms } from '../../src/app/registry-platforms.ts'

/** What people are promised to find on the form, word for word; a form may ask for more after these. */
const promised: Readonly<Record<string, { readonly label: RegExp; readonly fields: readonly string[] }>> = {
  ecr: { label: /^AWS ECR/, fields: ['Access Key ID', 'Secret Access Key', 'Region', 'Account ID'] },
  dockerhub: { label: /^Docker Hub/, fields: ['Username', 'Password', 'Namespace'] },
  ghcr: { label: /^GitHub GHCR/, fields: ['Username', 'Token', 'User / Organization'] },
  gar: {
    label: /^Google Artifact Registry \(GAR\)/,
    fields: ['Project ID', 'Region', 'Service Account JSON'],
  },
  gcr: { label: /^Google Container Registry \(GCR\)/, fields: ['Project ID', 'Service Account JSON'] },
  acr: { label: /^Azure ACR/, fields: ['Registry Name', 'Client ID', 'Client Secret', 'Tenant ID'] },
  gitlab: { label: /^GitLab Registry/, fields: ['Username', 'Token', 'Namespace'] },
  jfrog: { label: /^JFrog Artifactory/, fields: ['Username', 'Password', 'Domain', 'Repository'] },
  quay: { label: /^Quay\.io/, fields: ['Token', 'Namespace'] },
  oci: { label: /^OCI registry/, fields: ['URL', 'Username', 'Password', 'Prefix', 'Repositories'] },
}

/** Permissions that are promised by name, and are true. */
const permissions: Readonly<Record<string, readonly string[]>> = {
  ecr: [
    'ecr:DescribeRepositories',
    'ecr:ListImages',
    'ecr:DescribeImages',
    'ecr:GetDownloadUrlForLayer',
    'ecr:BatchGetImage',
    'ecr:GetAuthorizationToken',
  ],
  ghcr: ['read:packages'],
  gitlab: ['read_registry', 'read_api'],
}

it.each(
  registryPlatforms.map(({ description }) => [description.id, description] as const),
)('the form of %s has the words that were promised, in their order', (id, {
  label,
  fields,
  permissions: listed,
  policy,
}) => {
  const wanted = promised[id]
  expect(label).toMatch(wanted?.label ?? /^$/)
  const labels = fields.map((field) => field.label)
  expect(labels.filter((each) => wanted?.fields.includes(each))).toEqual(wanted?.fields)
  const names = listed.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining([...(permissions[id] ?? [])]))
  expect(listed.every(({ why }) => why !== '')).toBe(true)
  expect(policy?.text ?? '').not.toBe('')
})
