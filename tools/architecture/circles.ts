import type { Module } from './modules.ts'

/** A circle of imports among `modules`, type imports too, for each module that closes one: `a.ts → b.ts → a.ts`. */
export function importCircles(modules: readonly Module[]): { path: string; circle: string }[] {
  const byPath = new Map(modules.map((module) => [module.path, module]))
  const done = new Set<string>()
  const way: string[] = []
  const found: { path: string; circle: string }[] = []

  function follow(module: Module): void {
    way.push(module.path)
    for (const target of module.imports) {
      const next = byPath.get(target)
      if (next === undefined || done.has(target)) continue
      const at = way.indexOf(target)
      if (at === -1) follow(next)
      else found.push({ path: module.path, circle: [...way.slice(at), target].join(' → ') })
    }
    way.pop()
    done.add(module.path)
  }

  for (const module of modules) if (!done.has(module.path)) follow(module)
  return found
}
