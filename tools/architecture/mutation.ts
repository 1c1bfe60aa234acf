import { type Module, parseModule } from './modules.ts'
import { type Architecture, checkModules } from './rules.ts'

interface Plant {
  readonly what: string
  readonly rule: string
  readonly module: Module
}

const folderOf = (room: string, name: string): string => room.replace('*', name)

/** A module in `room` with this source, and an import path from it to `target` (from `src/`). */
function plant(
  what: string,
  rule: string,
  room: string,
  source: (to: (target: string) => string) => string,
): Plant {
  const folder = folderOf(room, 'planted-a')
  const up = '../'.repeat(folder.split('/').length)
  return {
    what,
    rule,
    module: parseModule(
      `${folder}/planted.ts`,
      source((target) => up + target),
    ),
  }
}

type Rooms = Architecture['rooms']

const free = (rooms: Rooms, room: string): boolean => rooms[room]?.includes('*') ?? false

function forbiddenPairs(rooms: Rooms, names: readonly string[]): Plant[] {
  const pairs = names.flatMap((from) => names.map((to) => [from, to] as const))
  return pairs
    .filter(([from, to]) => from !== to && !free(rooms, from) && !rooms[from]?.includes(to))
    .map(([from, to]) =>
      plant(`${from} → ${to}`, 'edge', from, (path) => {
        const door = `${path(folderOf(to, 'planted-b'))}/index.ts`
        return `import type { X } from '${door}'\nexport type Y = X\n`
      }),
    )
}

function pastDoors(rooms: Rooms, names: readonly string[]): Plant[] {
  return names
    .filter((from) => !free(rooms, from))
    .flatMap((from) => (rooms[from] ?? []).slice(0, 1).map((to) => [from, to] as const))
    .map(([from, to]) =>
      plant(`${from} past the door of ${to}`, 'door', from, (path) => {
        return `export { x } from '${path(folderOf(to, 'planted-b'))}/inner.ts'\n`
      }),
    )
}

function betweenSiblings(names: readonly string[]): Plant[] {
  return names
    .filter((room) => room.endsWith('*'))
    .map((room) =>
      plant(`${room} sibling`, 'sibling', room, (path) => {
        return `import { x } from '${path(folderOf(room, 'planted-b'))}/index.ts'\nexport const y = x\n`
      }),
    )
}

const single: readonly [
  what: string,
  rule: string,
  room: string,
  source: (to: (target: string) => string) => string,
][] = [
  ['sql outside a store', 'sql', 'scans', () => `import { sql } from 'kysely'\nexport const x = sql\n`],
  [
    'test-support in production',
    'test-support',
    'scans',
    (path) => `export { x } from '${path('test-support')}/index.ts'\n`,
  ],
  [
    'dynamic import',
    'edge',
    'core',
    (path) => `export const x = () => import('${path('scans')}/index.ts')\n`,
  ],
  ['process.env', 'environment', 'scans', () => `export const x = process.env['HOME']\n`],
  ['fetch', 'network', 'scans', () => `export const x = async () => await fetch('http://localhost')\n`],
  ['time', 'time', 'scans', () => `export const x = Date.now()\n`],
  ['circle', 'circle', 'scans', () => `export type { X } from './planted.ts'\n`],
  ['zod', 'schema', 'scans', () => `import { z } from 'zod'\nexport const x = z\n`],
]

/** Every forbidden pair of rooms, as a type import, and each other rule. */
function plants({ rooms }: Architecture): Plant[] {
  const names = Object.keys(rooms).filter((room) => room !== 'test-support')
  return [
    ...forbiddenPairs(rooms, names),
    ...pastDoors(rooms, names),
    ...betweenSiblings(names),
    ...single.map(([what, rule, room, source]) => plant(what, rule, room, source)),
  ]
}

/** Plants each violation among the real modules and demands that it is reported. */
export function mutate(
  modules: readonly Module[],
  architecture: Architecture,
): { planted: number; missed: string[] } {
  const targets = Object.keys(architecture.rooms).flatMap((room) => {
    const folder = folderOf(room, 'planted-b')
    return [`${folder}/index.ts`, `${folder}/inner.ts`].map((path) =>
      parseModule(path, 'export const x = 1\nexport type X = 1\n'),
    )
  })
  const known = new Map([...modules, ...targets].map((module) => [module.path, module]))
  const all = plants(architecture)
  const missed = all.filter(({ rule, module }) => {
    const found = checkModules(
      [...[...known.values()].filter((other) => module.imports.includes(other.path)), module],
      architecture,
    )
    return !found.some((violation) => violation.rule === rule && violation.path === module.path)
  })
  return { planted: all.length, missed: missed.map((entry) => entry.what) }
}
