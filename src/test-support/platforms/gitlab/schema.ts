import { connection, type GraphqlObject, type Resolve } from './graphql.ts'
import {
  type GitlabProject,
  type GitlabRepository,
  type GitlabTag,
  type Holdings,
  publishedAt,
} from './holdings.ts'

/** The part of GitLab's GraphQL schema that knows container repositories (app/graphql/types/container_registry). */

export interface SchemaOptions {
  readonly holdings: Holdings
  readonly pageSize: number
  /** Whether the registry keeps its metadata in a database; else nobody knows when something was pushed. */
  readonly hasDatabase: boolean
  readonly registryHost: string
  /** Paths that are users' own namespaces. */
  readonly users: readonly string[]
  mayRead(project: GitlabProject): boolean
}

const iso = (at: number | null): string | null =>
  at === null ? null : new Date(at).toISOString().replace('.000Z', 'Z')

export function queryRoot(options: SchemaOptions): GraphqlObject {
  const { holdings, users } = options
  const readable = () => holdings.allProjects().filter((project) => options.mayRead(project))
  const fields: Record<string, Resolve> = {
    namespace: ({ fullPath }) => {
      const path = String(fullPath).toLowerCase()
      if (!users.includes(path)) return null
      const own = readable().filter((project) => project.path.startsWith(`${path}/`))
      return {
        type: 'Namespace',
        fields: {
          id: 'gid://gitlab/Namespaces::UserNamespace/7',
          fullPath: path,
          projects: projectsOf(options, own),
        },
      }
    },
    projects: (args) =>
      args['membership'] === true ? projectsOf(options, readable())(args) : projectsOf(options, [])(args),
    containerRepository: ({ id }) => {
      const number = Number(/^gid:\/\/gitlab\/ContainerRepository\/(\d+)$/.exec(String(id))?.[1])
      const found = holdings.all().find((one) => one.id === number)
      return found && options.mayRead(found.project) ? repositoryDetails(options, found) : null
    },
  }
  return { type: 'Query', fields }
}

function projectsOf(options: SchemaOptions, projects: readonly GitlabProject[]): Resolve {
  const most = Math.min(100, options.pageSize)
  return (args) =>
    connection(
      'ProjectConnection',
      projects.map((project) => projectObject(options, project)),
      args,
      most,
    )
}

function projectObject(options: SchemaOptions, project: GitlabProject): GraphqlObject {
  const own = options.holdings.all().filter((one) => one.project === project)
  const containerRepositories: Resolve = (args) =>
    connection(
      'ContainerRepositoryConnection',
      own.map((one) => repositoryObject(options, one)),
      args,
      Math.min(100, options.pageSize),
    )
  return {
    type: 'Project',
    fields: { id: `gid://gitlab/Project/${project.id}`, fullPath: project.path, containerRepositories },
  }
}

function repositoryObject({ registryHost }: SchemaOptions, one: GitlabRepository): GraphqlObject {
  return {
    type: 'ContainerRepository',
    fields: {
      id: `gid://gitlab/ContainerRepository/${one.id}`,
      name: one.path.slice(one.project.path.length + 1),
      path: one.path,
      location: `${registryHost}/${one.path}`,
      createdAt: iso(one.createdAt),
      updatedAt: iso(one.createdAt),
      status: null,
      tagsCount: one.tags.size,
    },
  }
}

function repositoryDetails(options: SchemaOptions, one: GitlabRepository): GraphqlObject {
  const tags = [...one.tags.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  return {
    type: 'ContainerRepositoryDetails',
    fields: {
      ...repositoryObject(options, one).fields,
      lastPublishedAt: options.hasDatabase ? iso(one.lastPublishedAt) : null,
      tags: ((args) =>
        connection(
          'ContainerRepositoryTagConnection',
          tags.map((tag) => tagObject(options, one, tag)),
          args,
          Math.min(20, options.pageSize),
        )) satisfies Resolve,
    },
  }
}

function tagObject(
  { hasDatabase, registryHost }: SchemaOptions,
  one: GitlabRepository,
  tag: GitlabTag,
): GraphqlObject {
  const revision = tag.configDigest?.slice('sha256:'.length) ?? null
  return {
    type: 'ContainerRepositoryTag',
    fields: {
      name: tag.name,
      path: `${one.path}:${tag.name}`,
      location: `${registryHost}/${one.path}:${tag.name}`,
      digest: tag.digest,
      revision,
      shortRevision: revision?.slice(0, 9) ?? null,
      // Without a database this is the date in the image's config.
      createdAt: hasDatabase ? iso(tag.createdAt) : '1970-01-01T00:00:00Z',
      publishedAt: hasDatabase ? iso(publishedAt(tag)) : null,
      mediaType: hasDatabase ? tag.mediaType : null,
      totalSize: String(tag.size),
    },
  }
}
