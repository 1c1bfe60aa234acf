import { parse, type TomlTable } from 'smol-toml'

/** One package of a Manifest.toml. */
export interface ManifestEntry {
  readonly name: string
  readonly uuid: string
  readonly version: string
  /** UUIDs. */
  readonly dependsOn: readonly string[]
}

/**
 * Both forms of the manifest (Pkg.jl, "Manifest.toml"): before 2.0 the packages stand at the top. Those of the standard library have
 * the version of Julia, where it is stated.
 * @throws TomlError, TypeError
 */
export function parseManifest(text: string): ManifestEntry[] {
  const toml = parse(text)
  const isNew = typeof toml['manifest_format'] === 'string'
  const stated = toml['julia_version']
  const juliaVersion = isNew ? (typeof stated === 'string' ? stated : '') : 'unknown'
  const tables = Object.entries(isNew ? tableOf(toml['deps']) : toml).flatMap(([name, value]) =>
    Array.isArray(value) ? value.filter(isTable).map((table) => ({ name, table })) : [],
  )
  const uuids = new Map(tables.map(({ name, table }) => [name, textOf(table, 'uuid')]))
  return tables.map(({ name, table }) => ({
    name,
    uuid: textOf(table, 'uuid'),
    version: textOf(table, 'version') || juliaVersion,
    dependsOn: dependencies(table['deps'], uuids),
  }))
}

/** `["A", "B"]`, or a table of UUIDs where a name is not unique. */
function dependencies(deps: unknown, uuids: ReadonlyMap<string, string>): string[] {
  const found = Array.isArray(deps)
    ? deps.map((name) => (typeof name === 'string' ? uuids.get(name) : undefined))
    : Object.values(tableOf(deps))
  return found.filter((uuid) => typeof uuid === 'string')
}

/** UUIDs of the packages that a Project.toml depends on; those for tests (`extras`) are apart. @throws TomlError */
export function parseProject(text: string): string[] {
  return Object.values(tableOf(parse(text)['deps'])).filter((uuid) => typeof uuid === 'string')
}

/** What the project needs, and what that needs. */
export function reachable(entries: readonly ManifestEntry[], direct: readonly string[]): ManifestEntry[] {
  const byId = new Map(entries.map((entry) => [entry.uuid, entry]))
  const kept = new Set<ManifestEntry>()
  const pending = [...direct]
  for (let uuid = pending.pop(); uuid !== undefined; uuid = pending.pop()) {
    const entry = byId.get(uuid)
    if (entry === undefined || kept.has(entry)) continue
    kept.add(entry)
    for (const id of entry.dependsOn) pending.push(id)
  }
  return Array.from(kept)
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
