import { decodeText } from '../index.ts'
import { type Coordinates, isComplete } from './coordinates.ts'
import { checkLines, fieldsOf, trimSpace } from './go-text.ts'

/** Of each part of the coordinates the attributes that may tell it; the first that is there does (Trivy, jar/parse.go). */
const groupAttributes = [
  'Implementation-Vendor-Id',
  'Bundle-SymbolicName',
  'Implementation-Vendor',
  'Specification-Vendor',
]
const artifactAttributes = ['Implementation-Title', 'Specification-Title', 'Bundle-Name']
const versionAttributes = ['Implementation-Version', 'Specification-Version', 'Bundle-Version']

/**
 * What a MANIFEST.MF claims that its archive is (JAR File Specification, "JAR Manifest"): by its main section alone, long lines put
 * together, as Trivy does since 0.74.
 * @returns undefined when a part is missing
 * @throws Error for a line that is too long
 */
export function readManifest(content: Uint8Array): Coordinates | undefined {
  const attributes = mainAttributes(decodeText(content))
  const first = (names: readonly string[]): [name: string, value: string] => {
    for (const name of names) {
      const value = attributes.get(name)
      if (value !== undefined) return [name, value]
    }
    return ['', '']
  }
  const [groupName, groupValue] = first(groupAttributes)
  const claimed = {
    group: trimSpace(groupName === 'Bundle-SymbolicName' ? bundleGroup(groupValue) : groupValue),
    artifact: trimSpace(first(artifactAttributes)[1]),
    version: trimSpace(first(versionAttributes)[1]),
  }
  return isComplete(claimed) ? claimed : undefined
}

/** `com.fasterxml.jackson.core.jackson-databind` → `com.fasterxml.jackson.core` */
function bundleGroup(symbolicName: string): string {
  const dot = symbolicName.lastIndexOf('.')
  return dot > 0 ? symbolicName.slice(0, dot) : symbolicName
}

/** Values begin with the space that the specification wants after the colon. */
function mainAttributes(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>()
  for (const line of unfold(mainSection(text))) {
    const [, value] = fieldsOf(line)
    const colon = line.indexOf(':')
    // `%name` stands for a text that is elsewhere.
    if (value === undefined || value.startsWith('%') || colon < 0) continue
    attributes.set(line.slice(0, colon), line.slice(colon + 1))
  }
  return attributes
}

function mainSection(text: string): readonly string[] {
  const lines = text.split(/\r\n|\n|\r/)
  const end = lines.indexOf('')
  return checkLines(end < 0 ? lines : lines.slice(0, end), 'manifest')
}

/** A line that begins with a space goes on with the one before. */
function unfold(lines: readonly string[]): string[] {
  const whole: string[] = []
  let parts: string[] = []
  for (const line of lines) {
    if (line.startsWith(' ')) parts.push(line.slice(1))
    else {
      whole.push(parts.join(''))
      parts = [line]
    }
  }
  return [...whole, parts.join('')]
}
