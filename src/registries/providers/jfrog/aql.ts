/** Files of Artifactory that are wanted: manifests of one repository. */
export interface ManifestSearch {
  /** Key that is searched; of a virtual repository what it contains. */
  readonly repository: string
  /** Whether several repositories are searched by that key. */
  readonly isVirtual?: boolean | undefined
  /** Only tags of this image, and of those below it. */
  readonly image?: string | undefined
  /** Only paths after this one, in the order of the search. */
  readonly after?: string | undefined
  /** Milliseconds since the epoch: only what came or changed at or after it. */
  readonly since?: number | undefined
  /** Most entries; permissions are looked at after they were counted, so fewer mean nothing. */
  readonly limit?: number | undefined
}

/** Images of an index and pushes by digest lie in folders that are no tags: `sha256__` and 64 digits. */
const digestFolder = `*/sha256__${'?'.repeat(64)}`

const fields = ['repo', 'path', 'name', 'modified', 'sha256']

/**
 * A search in the Artifactory Query Language, in the order of paths: a listing goes on after a path, whatever was pushed or
 * deleted meanwhile. Accounts that administer nothing must ask for `repo`, `path` and `name`. Values stand in JSON, so that
 * none of them can say anything else.
 *
 * https://docs.jfrog.com/artifactory/docs/aql-query-structure
 */
export function manifestQuery({ repository, image, after, since, limit }: ManifestSearch): string {
  const from = since === undefined ? undefined : { $gte: new Date(since).toISOString() }
  const criteria = [
    { $or: [{ name: 'manifest.json' }, { name: 'list.manifest.json' }] },
    { path: { $nmatch: digestFolder } },
    ...(image === undefined ? [] : [{ path: { $match: `${image}/*` } }]),
    ...(after === undefined ? [] : [{ path: { $gt: after } }]),
    // A copied or cached image keeps the date of its origin as `modified`.
    ...(from === undefined ? [] : [{ $or: [{ modified: from }, { created: from }, { updated: from }] }]),
  ]
  return [
    `items.find(${JSON.stringify({ repo: repository, $and: criteria })})`,
    `.include(${fields.map((field) => JSON.stringify(field)).join(',')})`,
    '.sort({"$asc":["path","name","repo"]})',
    ...(limit === undefined ? [] : [`.limit(${limit})`]),
  ].join('')
}
