import type { PackageFact } from '../../indexing/index.ts'

/** A go.mod file, as far as dependencies go. */
export interface ModuleFile {
  readonly packages: readonly PackageFact[]
  /** Before Go 1.17 go.mod leaves out what is required indirectly: go.sum has it. */
  readonly isComplete: boolean
}

interface Requirement {
  readonly version: string
  readonly indirect: boolean
}

interface Line {
  readonly verb: string
  readonly words: readonly string[]
  readonly comment: string
}

const verbs = new Set([
  'module',
  'go',
  'toolchain',
  'require',
  'replace',
  'exclude',
  'retract',
  'godebug',
  'tool',
  'ignore',
])
const MAX_LINES = 200_000

/**
 * Required modules with replacements in place; replaced by a local folder they are left out, and so are indirect ones before
 * Go 1.17 (Trivy 0.44.1, go-dep-parser pkg/golang/mod). Grammar: go.dev/ref/mod, "Lexical elements".
 * @throws SyntaxError
 */
export function parseModuleFile(text: string): ModuleFile {
  const lines = readLines(text)
  const goVersion = lines.find(({ verb }) => verb === 'go')?.words[0]
  const isOld = goVersion === undefined || isBefore117(goVersion)
  const required = new Map<string, Requirement>()
  for (const { verb, words, comment } of lines) {
    if (verb !== 'require') continue
    const indirect = /^\s*indirect(?:;|$|\s)/.test(comment)
    if (isOld && indirect) continue
    const [path = '', version = ''] = words
    if (words.length !== 2 || !version.startsWith('v')) throw new SyntaxError('a requirement has no version')
    required.set(path, { version: version.slice(1), indirect })
  }
  for (const { verb, words } of lines) if (verb === 'replace') replace(required, words)
  return {
    packages: Array.from(required, ([name, { version }]) => ({ name, version })),
    isComplete: Array.from(required.values()).some(({ indirect }) => indirect),
  }
}

/** `old [v1] => new v2` or `old [v1] => ./folder`. */
function replace(required: Map<string, Requirement>, words: readonly string[]): void {
  const arrow = words.indexOf('=>')
  const [oldPath = '', oldVersion] = words.slice(0, arrow)
  const [newPath = '', newVersion] = words.slice(arrow + 1)
  if (arrow < 1 || arrow > 2 || newPath === '') throw new SyntaxError('a replacement is incomplete')
  const old = required.get(oldPath)
  if (old === undefined || (oldVersion !== undefined && oldVersion !== `v${old.version}`)) return
  required.delete(oldPath)
  if (newVersion !== undefined) {
    required.set(newPath, { version: newVersion.slice(1), indirect: old.indirect })
  }
}

/** Trivy's rule takes only versions of two numbers for old. */
function isBefore117(version: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(version) ?? []
  return major !== undefined && Number(major) <= 1 && Number(minor) < 17
}

/** Lines with their verb, those in parentheses too. */
function readLines(text: string): Line[] {
  const lines: Line[] = []
  let block: string | undefined
  for (const [index, raw] of text.split('\n').entries()) {
    if (index >= MAX_LINES) throw new SyntaxError('it has too many lines')
    const { words, comment } = readLine(raw)
    const [first] = words
    if (first === undefined) continue
    if (block !== undefined && first === ')' && words.length === 1) {
      block = undefined
    } else if (block !== undefined) {
      lines.push({ verb: block, words, comment })
    } else if (!verbs.has(first)) {
      throw new SyntaxError(`line ${index + 1} has an unknown directive`)
    } else if (words.at(-1) === '(') {
      block = first
    } else {
      lines.push({ verb: first, words: words.slice(1), comment })
    }
  }
  if (block !== undefined) throw new SyntaxError('a parenthesis is not closed')
  return lines
}

/** Words are bare, or strings in quotes; `//` begins a comment. */
function readLine(line: string): { words: string[]; comment: string } {
  const words: string[] = []
  const token = /\s*(?:\/\/(.*)|"((?:[^"\\]|\\.)*)"|`([^`]*)`|([()])|((?:(?!\/\/)[^\s()"`])+)|(\S))/gy
  for (const [, comment, quoted, raw, paren, bare, other] of line.matchAll(token)) {
    if (comment !== undefined) return { words, comment }
    if (other !== undefined) throw new SyntaxError('a quote is not closed')
    words.push(quoted?.replace(/\\(.)/g, '$1') ?? raw ?? paren ?? bare ?? '')
  }
  return { words, comment: '' }
}

/** The last version that go.sum states of each module: its lines are in order (Trivy, pkg/golang/sum). */
export function parseChecksumFile(text: string): ReadonlyMap<string, string> {
  const versions = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [name, version] = line.trim().split(/\s+/)
    if (name !== undefined && version !== undefined) {
      versions.set(name, version.replace(/^v/, '').replace(/\/go\.mod$/, ''))
    }
  }
  return versions
}
