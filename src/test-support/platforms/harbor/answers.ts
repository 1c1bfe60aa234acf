import type { HarborArtifact, HarborRepository } from './content.ts'

/** Answers in the form of Harbor's swagger.yaml. */

const time = (at: number): string => new Date(at).toISOString()
/** What Go writes for a time that never was. */
const NEVER = '0001-01-01T00:00:00.000Z'

export function repositoryAnswer(repository: HarborRepository) {
  return {
    id: repository.id,
    project_id: repository.projectId,
    name: repository.name,
    artifact_count: repository.artifacts.length,
    pull_count: repository.pullCount,
    creation_time: time(repository.createdAt),
    update_time: time(repository.updatedAt),
  }
}

export function artifactAnswer(of: HarborRepository, artifact: HarborArtifact) {
  return {
    id: artifact.id,
    type: 'IMAGE',
    media_type: artifact.isIndex ? artifact.mediaType : 'application/vnd.oci.image.config.v1+json',
    manifest_media_type: artifact.mediaType,
    artifact_type: 'application/vnd.oci.image.config.v1+json',
    project_id: of.projectId,
    repository_id: of.id,
    repository_name: of.name,
    digest: artifact.digest,
    size: artifact.size,
    push_time: time(artifact.pushedAt),
    pull_time: NEVER,
    extra_attrs: {},
    references: [],
    tags: artifact.tags.map((tag) => ({
      id: tag.id,
      repository_id: of.id,
      artifact_id: artifact.id,
      name: tag.name,
      push_time: time(tag.pushedAt),
      pull_time: NEVER,
      immutable: false,
    })),
  }
}

export function projectAnswer(id: number, name: string) {
  return {
    project_id: id,
    name,
    owner_id: 1,
    creation_time: time(0),
    update_time: time(0),
    metadata: { public: 'false' },
  }
}

/** What everybody is told. */
export function publicInfo(authMode: string) {
  return { auth_mode: authMode, primary_auth_mode: false, self_registration: false, banner_message: '' }
}

/** What only those are told who are signed in. */
export function generalInfo(authMode: string, version: string) {
  return {
    ...publicInfo(authMode),
    harbor_version: version,
    has_ca_root: false,
    project_creation_restriction: 'adminonly',
    external_url: 'https://harbor.example',
    registry_url: 'harbor.example',
    read_only: false,
    registry_storage_provider_name: 'filesystem',
    notification_enable: true,
    current_time: time(Date.UTC(2026, 5, 1)),
  }
}

export function refusal(code: string, message: string) {
  return { errors: [{ code, message }] }
}
