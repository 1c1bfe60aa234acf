import { type PlatformDescription, type PlatformField, type RequestLimit, transportFields } from '../index.ts'

/** Everything that Artifact Registry counts, API and registry alike. */
export const BUCKET = 'requests'

export const projectField: PlatformField = {
  name: 'projectId',
  label: 'Project ID',
  kind: 'text',
  required: true,
  secret: false,
  help: 'Google Cloud project ID: neither its name nor its number. An ID with a domain is written as example.com:web.',
  placeholder: 'acme-prod-1234',
}

const pushAccountField: PlatformField = {
  name: 'pushServiceAccount',
  label: 'Push service account',
  kind: 'text',
  required: false,
  secret: false,
  help: 'For push notifications only: e-mail address of the service account that the Pub/Sub push subscription signs with.',
  placeholder: 'portolan-push@acme-prod-1234.iam.gserviceaccount.com',
}

/** What every form ends with. */
export const googleFields: readonly PlatformField[] = [
  {
    name: 'serviceAccountJson',
    label: 'Service Account JSON',
    kind: 'textarea',
    required: false,
    orAmbient: true,
    secret: true,
    help: 'Paste the full key file of a service account. Where this server may use an identity of its own at Google, it can stay empty, or be a configuration of workload identity federation.',
    placeholder: '{ "type": "service_account", ... }',
  },
  pushAccountField,
  ...transportFields,
]

const reading = 'roles/artifactregistry.reader'

export const googlePermissions: PlatformDescription['permissions'] = [
  {
    name: 'artifactregistry.repositories.list',
    why: 'To find the repositories of a region. On the project: on a single repository it lists nothing.',
  },
  {
    name: 'artifactregistry.dockerimages.list',
    why: 'To list images with their tags, digests, sizes and push dates.',
  },
  {
    name: 'artifactregistry.packages.list',
    why: 'To list the names of images.',
  },
  {
    name: 'artifactregistry.versions.list',
    why: 'To look at one image after a push, without listing the rest.',
  },
  {
    name: 'artifactregistry.tags.list',
    why: 'The same, where a digest has more than 100 tags.',
  },
  {
    name: 'artifactregistry.repositories.downloadArtifacts',
    why: 'To pull manifests and layers.',
  },
]

/** @param permissions of the custom role */
export function googlePolicy(
  permissions: PlatformDescription['permissions'],
): NonNullable<PlatformDescription['policy']> {
  return {
    label: `Commands for a service account that may only read (a role of its own; ${reading} works too)`,
    text: `gcloud services enable artifactregistry.googleapis.com --project=PROJECT_ID
gcloud iam roles create portolanReader --project=PROJECT_ID --title="Portolan reader" \\
  --permissions=${permissions.map(({ name }) => name).join(',')}
gcloud iam service-accounts create portolan --project=PROJECT_ID
gcloud projects add-iam-policy-binding PROJECT_ID \\
  --member=serviceAccount:portolan@PROJECT_ID.iam.gserviceaccount.com \\
  --role=projects/PROJECT_ID/roles/portolanReader
gcloud iam service-accounts keys create portolan.json \\
  --iam-account=portolan@PROJECT_ID.iam.gserviceaccount.com`,
  }
}

export const googleLimits: readonly RequestLimit[] = [
  {
    bucket: BUCKET,
    requests: 60_000,
    seconds: 60,
    atOnce: 12,
    source: 'https://cloud.google.com/artifact-registry/quotas (for each project and region)',
  },
]
