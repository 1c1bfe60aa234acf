import { parse, type TomlTable } from 'smol-toml'
import semver from 'semver'

/** A crate of a Cargo.lock. */
export interface LockedCrate {
  readonly id: string
  readonly name: string
  readonly version: string
  /** Ids; those that are not in the file are there too. */
  readonly dependsOn: readonly string[]
}

/** What a Cargo.toml says of dependencies, those for development apart. */
export interface Manifest {
  readonly name: string
  /** undefined: the workspace's. */
  readonly version: string | undefined
  readonly workspaceVersion: string | undefined
  /** Constraint by name of the dependency. */
  readonly dependencies: ReadonlyMap<string, string>
  /** Folders, patterns too. */
  readonly members: readonly string[]
}

/** @throws TomlError, TypeError */
export function parseLockFile(text: string): LockedCrate[] {
  const packages = parse(text)['package'] ?? []
  if (!Array.isArray(packages)) throw new TypeError('"package" is not a list')
  const crates = packages.map((one) => {
    if (!isTable(one)) throw new TypeError('a package is no table')
    return {
      name: textOf(one, 'name'),
      version: textOf(one, 'version'),
      dependencies: listOf(one['dependencies']),
    }
  })
  const versions = new Map(crates.map(({ name, version }) => [name, version]))
  return crates.map(({ name, version, dependencies }) => ({
    id: `${name}@${version}`,
    name,
    version,
    dependsOn: dependencies.flatMap((spelled) => dependencyId(spelled, versions)),
  }))
}

/** `name` where one version is locked, `name 1.0`, or `name 1.0 (source)` in old files. */
function dependencyId(spelled: string, versions: ReadonlyMap<string, string>): string[] {
  const [name = '', stated, ...more] = spelled.trim().split(/\s+/)
  const version = stated ?? versions.get(name)
  return version === undefined || more.length > 1 ? [] : [`${name}@${version}`]
}

/** @throws TomlError */
export function parseManifest(text: string): Manifest {
  const toml = parse(text)
  const workspace = tableOf(toml['workspace'])
  const targets = Object.values(tableOf(toml['target'])).map((target) =>
    tableOf(tableOf(target)['dependencies']),
  )
  const tables = [tableOf(toml['dependencies']), ...targets, tableOf(workspace['dependencies'])]
  const { name, version } = tableOf(toml['package'])
  return {
    name: typeof name === 'string' ? name : '',
    version: typeof version === 'string' ? version : undefined,
    workspaceVersion: optionalText(tableOf(workspace['package'])['version']),
    dependencies: new Map(tables.flatMap((table) => Object.entries(table).flatMap(constraintOf))),
    members: listOf(workspace['members']),
  }
}

/** `"1.5"` or `{ version = "1.5" }`; one without a version is not locked by its version. */
function constraintOf([name, value]: [string, unknown]): [string, string][] {
  const constraint = typeof value === 'string' ? value : optionalText(tableOf(value)['version'])
  return constraint === undefined ? [] : [[name, constraint]]
}

/**
 * The crates that a build contains: those that the manifests depend on, what these depend on, and the manifests' own. What only
 * tests and examples need is left out (Trivy, pkg/fanal/analyzer/language/rust/cargo).
 * @param members manifests of the workspace's members
 */
export function withoutDevelopment(
  crates: readonly LockedCrate[],
  root: Manifest,
  members: readonly Manifest[],
): LockedCrate[] {
  const byId = new Map(crates.map((crate) => [crate.id, crate]))
  const byName = Map.groupBy(crates, ({ name }) => name)
  const own = new Set(
    [root, ...members].map(({ name, version }) => `${name}@${version ?? root.workspaceVersion ?? ''}`),
  )
  // The root's word on a version goes before its members'.
  const wanted = new Map<string, string>()
  for (const { dependencies } of [...members.toReversed(), root])
    for (const [name, constraint] of dependencies) wanted.set(name, constraint)
  const pending = Array.from(wanted).flatMap(([name, constraint]) => {
    const direct = byName.get(name)?.find(({ version }) => isIn(version, constraint))
    return direct === undefined ? [] : [direct.id]
  })
  const kept = new Set<string>()
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    const crate = byId.get(id)
    if (crate === undefined || kept.has(id)) continue
    kept.add(id)
    for (const dependency of crate.dependsOn) pending.push(dependency)
  }
  return crates.filter(({ id }) => kept.has(id) || own.has(id))
}

/** Real ones have some twenty characters: a longer one is in no version. */
const MAX_CONSTRAINT = 256

/** A bare version stands for `^version`; `,` means "and" (the Cargo book, "Specifying Dependencies"). */
function isIn(version: string, constraint: string): boolean {
  if (constraint.length > MAX_CONSTRAINT) return false
  const parts = constraint
    .split(',')
    .map((part) => (/^\s*\d/.test(part) && !part.includes('*') ? `^${part.trim()}` : part))
  return semver.satisfies(version, parts.join(' '), { includePrerelease: true })
}

function isTable(value: unknown): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function tableOf(value: unknown): TomlTable {
  return isTable(value) ? value : {}
}

function textOf(table: TomlTable, name: string): string {
  const value = table[name] ?? ''
  if (typeof value !== 'string') throw new TypeError(`"${name}" is not a string`)
  return value
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
