/** A repository of Artifact Registry: it holds many images, each of which is a repository to the registry protocol. */
export interface ArtifactRepository {
  readonly project: string
  readonly location: string
  readonly id: string
  /** Where its images are pulled from. */
  readonly host: string
  /** What the paths of its images begin with there, without a slash at the end. */
  readonly prefix: string
  /** Shows what other repositories hold, or what was fetched from upstream. */
  readonly virtual: boolean
}

/** Its name in the API. */
export function resourceName({ project, location, id }: ArtifactRepository): string {
  return `projects/${project}/locations/${location}/repositories/${encodeURIComponent(id)}`
}

/** Orders repositories, and says where a listing stopped. */
export function repositoryKey({ location, id }: ArtifactRepository): string {
  return `${location}/${id}`
}

/** How image paths write a project: `example.com:web` is `example.com/web` there. */
export function projectPath(project: string): string {
  return project.replace(':', '/')
}

export function byKey(one: ArtifactRepository, other: ArtifactRepository): number {
  return repositoryKey(one) < repositoryKey(other) ? -1 : 1
}
