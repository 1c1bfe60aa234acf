import { stripEnd, stripStart } from '../../core/index.ts'
import { parseLinkerVariables } from './linker-flags.ts'

const numeric = String.raw`(?:0|[1-9]\d*)`
const preReleasePart = String.raw`(?:0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*)`
const build = String.raw`(?:\+[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*)?`
/** golang.org/x/mod/semver, IsValid: `v1` and `v1.2` are fine, without what only a whole version may have. */
const semanticVersion = new RegExp(
  String.raw`^v${numeric}(?:\.${numeric}(?:\.${numeric}(?:-${preReleasePart}(?:\.${preReleasePart})*)?${build})?)?$`,
)
/** golang.org/x/mod/module, IsPseudoVersion. */
const pseudoVersion =
  /^v\d+\.(?:0\.0-|\d+\.\d+-(?:[^+]*\.)?0\.)\d{14}-[A-Za-z\d]+(?:\+[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*)?$/
const MAX_LENGTH = 1_024
const wellKnown: ReadonlySet<string> = new Set(['main', 'common', 'version', 'cmd'])

/**
 * The version of the main module: what `go install` stamped, else the one that the linker was told to write into a variable
 * whose name ends in `version` or `ver`, else a pseudo-version or nothing (Trivy, chooseMainVersion).
 */
export function versionOfMain(path: string, stamped: string, ldflags: string): string {
  if (stamped !== '' && !pseudoVersion.test(stamped)) return stamped
  return versionFromFlags(path, ldflags) || stamped
}

/** Of several, those in the module's `cmd` come first, then packages of well-known names; two of one rank are none. */
function versionFromFlags(path: string, ldflags: string): string {
  const ranks: [string[], string[], string[]] = [[], [], []]
  for (const [name, value] of parseLinkerVariables(ldflags)) {
    const key = stripStart(name, "'")
    const version = stripEnd(value, "'")
    if (!/\.ver(?:sion)?$/i.test(key) || !isSemanticVersion(version)) continue
    ranks[rankOf(key, path)].push(version)
  }
  const [first, ...others] = ranks.find((versions) => versions.length > 0) ?? []
  return others.length > 0 ? '' : (first ?? '')
}

function rankOf(key: string, path: string): 0 | 1 | 2 {
  if (key.startsWith(`${path}/cmd/`)) return 0
  const [folder = ''] = key.slice(key.lastIndexOf('/') + 1).split('.', 1)
  return wellKnown.has(folder.toLowerCase()) ? 1 : 2
}

function isSemanticVersion(text: string): boolean {
  return text.length <= MAX_LENGTH && (semanticVersion.test(text) || semanticVersion.test(`v${text}`))
}
