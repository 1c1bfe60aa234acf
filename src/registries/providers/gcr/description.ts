import {
  googleFields,
  googleLimits,
  googlePermissions,
  googlePolicy,
  projectField,
} from '../../google/index.ts'
import type { PlatformDescription } from '../../index.ts'

const permissions = googlePermissions.filter(({ name }) => name !== 'artifactregistry.repositories.list')

export const description: PlatformDescription = {
  id: 'gcr',
  label: 'Google Container Registry (GCR)',
  summary: 'gcr.io, us.gcr.io, eu.gcr.io and asia.gcr.io, as Artifact Registry serves them since 2025.',
  docs: 'docs/registries/gcr.md',
  fields: [projectField, ...googleFields],
  permissions,
  policy: googlePolicy(permissions),
  limits: googleLimits,
}
