import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * What the modules of a folder export, all of them but `index.ts`: a new file there is a new part, and no list names it.
 * @param folder absolute
 */
export async function collect<Part>(folder: string): Promise<Part[]> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && file !== 'index.ts')
  const modules = await Promise.all(
    files
      .sort()
      .map((file) => import(pathToFileURL(join(folder, file)).href) as Promise<Record<string, Part>>),
  )
  return modules.flatMap((module) => Object.values(module))
}
