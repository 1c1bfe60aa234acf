import type { ContainerPackage, PackageVersion } from './packages.ts'

/** Answers in the form of GitHub's REST API description. */

const api = 'https://api.github.com'
const iso = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z')

export type AccountType = 'Organization' | 'User'

/** A `simple-user`. */
export function simpleUser(login: string, type: AccountType) {
  const url = `${api}/users/${login}`
  return {
    login,
    id: 583231,
    node_id: 'MDQ6VXNlcjU4MzIzMQ==',
    avatar_url: 'https://avatars.githubusercontent.com/u/583231?v=4',
    gravatar_id: '',
    url,
    html_url: `https://github.com/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    site_admin: false,
  }
}

/** A `public-user`. */
export function publicUser(login: string, type: AccountType) {
  return {
    ...simpleUser(login, type),
    user_view_type: 'public',
    name: null,
    company: null,
    blog: null,
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 8,
    public_gists: 0,
    followers: 1,
    following: 0,
    created_at: '2011-01-25T18:44:36Z',
    updated_at: '2026-01-22T18:44:36Z',
  }
}

export function packageAnswer(owner: string, type: AccountType, one: ContainerPackage) {
  const root = type === 'Organization' ? `orgs/${owner}` : `users/${owner}`
  const name = encodeURIComponent(one.name)
  return {
    id: one.id,
    name: one.name,
    package_type: 'container',
    owner: simpleUser(owner, type),
    version_count: one.versions.length,
    visibility: one.visibility,
    url: `${api}/${root}/packages/container/${name}`,
    html_url: `https://github.com/${root}/packages/container/package/${name}`,
    created_at: iso(one.createdAt),
    updated_at: iso(one.updatedAt),
  }
}

export function versionAnswer(owner: string, name: string, version: PackageVersion) {
  const root = `orgs/${owner}/packages/container/${encodeURIComponent(name)}`
  return {
    id: version.id,
    name: version.digest,
    url: `${api}/${root}/versions/${version.id}`,
    package_html_url: `https://github.com/${root}`,
    html_url: `https://github.com/${root}/${version.id}`,
    created_at: iso(version.createdAt),
    updated_at: iso(version.updatedAt),
    metadata: { package_type: 'container', container: { tags: [...version.tags] } },
  }
}

export function problem(status: number, message: string) {
  return { message, documentation_url: 'https://docs.github.com/rest', status: String(status) }
}
