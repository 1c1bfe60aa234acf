import type { BuildInfo, PackageFact } from '../../indexing/index.ts'

/** What an image without build information is taken to be made of, by major release (Trivy, pkg/detector/ospkg/redhat). */
const defaultRepositories: ReadonlyMap<string, readonly string[]> = new Map([
  ['6', ['rhel-6-server-rpms', 'rhel-6-server-extras-rpms']],
  ['7', ['rhel-7-server-rpms', 'rhel-7-server-extras-rpms']],
  ['8', ['rhel-8-for-x86_64-baseos-rpms', 'rhel-8-for-x86_64-appstream-rpms']],
  ['9', ['rhel-9-for-x86_64-baseos-rpms', 'rhel-9-for-x86_64-appstream-rpms']],
])

/** Which products a package comes from: see `Subject.cpeContext`. */
export function cpeContextOf(major: string, build: BuildInfo | null): string {
  if (build === null) return contextOf(defaultRepositories.get(major) ?? [], null)
  const there = contexts.get(build)
  if (there !== undefined) return there
  const context = contextOf(build.contentSets ?? [], build)
  contexts.set(build, context)
  return context
}

/** One text for all packages of a layer. */
const contexts = new WeakMap<BuildInfo, string>()

function contextOf(repositories: readonly string[], build: BuildInfo | null): string {
  const names = new Set(repositories.map((name) => `repository/${withoutGenericSuffix(name)}`))
  if (build?.nvr || build?.arch) names.add(`nvr/${build.nvr ?? ''}-${build.arch ?? ''}`)
  return JSON.stringify([...names].sort())
}

/** `rhel-8-baseos__8` is made by the build of images and no repository; `__9_DOT_2` is one (aquasecurity/trivy-db#435). */
function withoutGenericSuffix(name: string): string {
  return name.replace(/__\d+$/, '')
}

/** Packages of a module stand under it: `nodejs:18:9020...:rhel9` → `nodejs:18::npm`. */
export function modularName({ name, modularityLabel = '' }: PackageFact): string {
  const [, stream] = /^([^:]*:[^:]*):/.exec(modularityLabel) ?? []
  return stream === undefined ? name : `${stream}::${name}`
}
