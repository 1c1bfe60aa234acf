import type { PackageFact } from '../../indexing/index.ts'
import { elements } from './xml.ts'

/**
 * The `package` elements of `packages`, those for development left out (NuGet, packages.config reference).
 * @throws SyntaxError
 */
export function parsePackagesConfig(text: string): PackageFact[] {
  const facts: PackageFact[] = []
  for (const { name, within, attribute } of elements(text, 'packages')) {
    if (within.length !== 1 || name !== 'package') continue
    const id = attribute('id')
    const isForDevelopment = /^(?:1|t|true)$/i.test(attribute('developmentDependency'))
    if (id !== '' && !isForDevelopment) facts.push({ name: id, version: attribute('version') })
  }
  return facts
}
