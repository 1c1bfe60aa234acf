import { importCircles } from './circles.ts'
import type { Module } from './modules.ts'

/** `architecture.json`. A `*` as last part of a room stands for each folder there; as an import it means every room. */
export interface Architecture {
  readonly minimumModules: number
  readonly rooms: Readonly<Record<string, readonly string[]>>
  /** Files that a room is entered by; `roomDoors` names further ones of single rooms. */
  readonly doors: readonly string[]
  readonly roomDoors: Readonly<Record<string, readonly string[]>>
  readonly siblings: readonly string[]
  readonly sql: readonly string[]
}

export interface Violation {
  readonly rule: string
  readonly path: string
  readonly message: string
}

const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path)

/** The declared room of a file, longest match first, and its folder (for `providers/*` the plug-in's own). */
export function roomOf(
  path: string,
  architecture: Architecture,
): { room: string; folder: string } | undefined {
  const parts = path.split('/')
  for (let length = parts.length - 1; length > 0; length -= 1) {
    const folder = parts.slice(0, length).join('/')
    if (folder in architecture.rooms) return { room: folder, folder }
    const starred = [...parts.slice(0, length - 1), '*'].join('/')
    if (length > 1 && starred in architecture.rooms) return { room: starred, folder }
  }
  return undefined
}

function checkEdge(module: Module, target: string, architecture: Architecture): Violation | undefined {
  const from = roomOf(module.path, architecture)
  const to = roomOf(target, architecture)
  if (from === undefined) return { rule: 'room', path: module.path, message: 'stands in no declared room' }
  if (to === undefined)
    return { rule: 'room', path: module.path, message: `imports ${target}, which stands in no room` }
  if (from.folder === to.folder) return undefined
  if (from.room === to.room) {
    return { rule: 'sibling', path: module.path, message: `a plug-in imports its sibling ${target}` }
  }
  const allowed = architecture.rooms[from.room] ?? []
  const everything = allowed.includes('*')
  if (to.room === 'test-support' && from.room !== 'demo') {
    return { rule: 'test-support', path: module.path, message: `production code imports ${target}` }
  }
  if (!everything && !allowed.includes(to.room)) {
    return { rule: 'edge', path: module.path, message: `${from.room} may not import ${to.room} (${target})` }
  }
  const door = target.slice(to.folder.length + 1)
  const doors = [...architecture.doors, ...(architecture.roomDoors[to.room] ?? [])]
  if (!doors.includes(door) && !everything) {
    return { rule: 'door', path: module.path, message: `goes past the door of ${to.room}: ${target}` }
  }
  return undefined
}

const databasePackages = ['kysely', 'pg', '@electric-sql/pglite', 'pg-boss']

function checkSql(module: Module, architecture: Architecture): Violation | undefined {
  const touches = module.imports.some((name) =>
    databasePackages.includes(
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    ),
  )
  if (!touches) return undefined
  const home = architecture.sql.some((place) =>
    place.endsWith('/') ? module.path.startsWith(place) : module.path.endsWith(`/${place}`),
  )
  return home ? undefined : { rule: 'sql', path: module.path, message: 'SQL belongs in a store.ts' }
}

const sourceRules: readonly { rule: string; pattern: RegExp; homes: readonly string[]; message: string }[] = [
  {
    rule: 'environment',
    pattern: /\bprocess\.env\b/,
    homes: ['app/config', 'cli/', 'test-support/', 'demo/'],
    message: 'process.env is read in app/config.ts only',
  },
  {
    rule: 'network',
    pattern: /(?<=await |return |= |\()fetch\(|globalThis\.fetch|from 'undici'/,
    homes: ['platform/http/', 'web/', 'test-support/', 'demo/'],
    message: 'outgoing requests go through platform/http',
  },
  {
    rule: 'time',
    pattern: /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/,
    homes: ['core/clock.ts', 'web/', 'test-support/', 'demo/'],
    message: 'time and chance come from core (Clock, newId)',
  },
  {
    rule: 'schema',
    pattern: /from 'zod'/,
    homes: ['contract/', 'api/', 'app/config', 'web/'],
    message: 'zod stands in contract, api and schema.ts only',
  },
]

function checkSource(module: Module): Violation[] {
  return sourceRules
    .filter((rule) => rule.pattern.test(module.source))
    .filter((rule) => !rule.homes.some((home) => module.path.startsWith(home)))
    .filter((rule) => !(rule.rule === 'schema' && module.path.endsWith('/schema.ts')))
    .map((rule) => ({ rule: rule.rule, path: module.path, message: rule.message }))
}

/** Rooms that reach themselves through declared edges; the matrix must have none. `*` rooms are assembly and left out. */
export function roomCycles(architecture: Architecture): string[] {
  const reaches = (start: string, room: string, seen: Set<string>): boolean =>
    (architecture.rooms[room] ?? []).some((next) => {
      if (next === start) return true
      if (next === '*' || seen.has(next)) return false
      seen.add(next)
      return reaches(start, next, seen)
    })
  return Object.keys(architecture.rooms).filter((room) => reaches(room, room, new Set()))
}

/** Every violation among `modules`. Tests may import what they like; they are not part of the house. */
export function checkModules(modules: readonly Module[], architecture: Architecture): Violation[] {
  const own = new Set(modules.map((module) => module.path))
  const house = modules.filter((module) => !isTest(module.path) && !module.path.startsWith('test-support/'))
  const found = house.flatMap((module) => [
    ...module.imports
      .filter((target) => own.has(target))
      .map((target) => checkEdge(module, target, architecture))
      .filter((violation) => violation !== undefined),
    ...(checkSql(module, architecture) === undefined ? [] : [checkSql(module, architecture)]).filter(
      (violation) => violation !== undefined,
    ),
    ...checkSource(module),
  ])
  const circles = importCircles(modules).map(({ path, circle }) => ({
    rule: 'circle',
    path,
    message: `imports go in a circle: ${circle}`,
  }))
  const cycles = roomCycles(architecture).map((room) => ({
    rule: 'cycle',
    path: 'architecture.json',
    message: `${room} reaches itself`,
  }))
  const few =
    modules.length < architecture.minimumModules
      ? [
          {
            rule: 'count',
            path: 'src',
            message: `only ${modules.length} modules were seen; expected ${architecture.minimumModules}`,
          },
        ]
      : []
  return [...found, ...circles, ...cycles, ...few]
}
