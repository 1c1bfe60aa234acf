/** Names of files are shorter (NAME_MAX is 255 bytes); in an archive they may be longer. */
const MAX_LENGTH = 1_024
const plain = /^[a-zA-Z0-9._-]*$/

/**
 * Artifact and version of a name such as `spring-core-5.3.4-SNAPSHOT.jar`: Trivy's rule (jar/parse.go, jarFileRegEx), which is
 * `^([a-zA-Z0-9\._-]*[^-*])-(\d\S*(?:-SNAPSHOT)?).jar$` with the point before `jar` standing for any character. The version begins
 * at the last hyphen that allows it.
 */
export function readFileName(
  name: string,
): { readonly artifact: string; readonly version: string } | undefined {
  const characters = Array.from(name.length > MAX_LENGTH ? '' : name)
  const end = characters.length - '.jar'.length
  if (end < 0 || !name.endsWith('jar') || characters[end] === '\n') return undefined
  for (let at = end - 1; at > 1; at -= 1) {
    const character = characters[at] ?? ''
    if (/[\t\n\f\r ]/.test(character)) return undefined
    if (!/[0-9]/.test(character) || characters[at - 1] !== '-') continue
    const artifact = characters.slice(0, at - 1)
    if (isArtifact(artifact)) {
      return { artifact: artifact.join(''), version: characters.slice(at, end).join('') }
    }
  }
  return undefined
}

/** Letters, digits and `._-`, and at the end any one character but `-` and `*`. */
function isArtifact(characters: readonly string[]): boolean {
  const last = characters.at(-1)
  return last !== '-' && last !== '*' && plain.test(characters.slice(0, -1).join(''))
}
