import { decodeText } from '../index.ts'
import { type Coordinates, isComplete } from './coordinates.ts'
import { checkLines, trimSpace } from './go-text.ts'

const keys: ReadonlyMap<string, keyof Coordinates> = new Map([
  ['groupId', 'group'],
  ['artifactId', 'artifact'],
  ['version', 'version'],
])

/**
 * META-INF/maven/GROUP/ARTIFACT/pom.properties, as Trivy reads it: lines `key=value`, no escapes, no other separators; the last counts.
 * @returns undefined when a part is missing
 * @throws Error for a line that is too long
 */
export function readPomProperties(content: Uint8Array): Coordinates | undefined {
  const found: Record<keyof Coordinates, string> = { group: '', artifact: '', version: '' }
  for (const line of checkLines(decodeText(content).split('\n'), 'pom.properties')) {
    const text = trimSpace(line)
    const equals = text.indexOf('=')
    const key = keys.get(text.slice(0, Math.max(equals, 0)))
    if (key !== undefined) found[key] = text.slice(equals + 1)
  }
  return isComplete(found) ? found : undefined
}
