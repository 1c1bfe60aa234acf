import {
  googleFields,
  googleLimits,
  googlePermissions,
  googlePolicy,
  projectField,
} from '../../google/index.ts'
import type { PlatformDescription } from '../../index.ts'

const permissions: PlatformDescription['permissions'] = [
  ...googlePermissions,
  {
    name: 'artifactregistry.locations.list',
    why: 'To find the regions of the project; not needed where the form names one.',
  },
]

export const description: PlatformDescription = {
  id: 'gar',
  label: 'Google Artifact Registry (GAR)',
  summary: 'Docker repositories of a Google Cloud project, in one region or in all of them.',
  docs: 'docs/registries/gar.md',
  fields: [
    projectField,
    {
      name: 'region',
      label: 'Region',
      kind: 'text',
      required: false,
      secret: false,
      help: 'One region or multi-region of Artifact Registry (us-central1, europe). Empty: all that the project uses.',
      placeholder: 'us-central1',
    },
    ...googleFields,
  ],
  permissions,
  policy: googlePolicy(permissions),
  limits: googleLimits,
}
