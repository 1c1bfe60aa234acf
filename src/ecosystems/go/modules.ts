import type { PackageFact } from '../../indexing/index.ts'
import type { RawBuildInfo } from './build-info.ts'
import { versionOfMain } from './main-version.ts'

interface Module {
  readonly path: string
  readonly version: string
}

interface Modules {
  readonly main: Module | undefined
  /** Replaced ones by what replaces them. */
  readonly dependencies: readonly Module[]
  /** Value of `-ldflags`; '' when it is not stated. */
  readonly ldflags: string
}

/**
 * What a Go binary is made of, as Trivy lists it since 0.51 (pkg/dependency/parser/golang/binary): the standard library under
 * Go's own version, the modules, and the main module.
 * @throws SyntaxError for lines that Go does not take
 */
export function packagesOfBinary({ goVersion, modules }: RawBuildInfo): PackageFact[] {
  const { main, dependencies, ldflags } = parseModules(modules)
  const facts = [
    { name: 'stdlib', version: standardLibraryVersion(goVersion) },
    ...dependencies
      .filter(({ path }) => path !== '')
      .map(({ path, version }) => ({ name: path, version: knownVersion(version) })),
  ]
  if (main === undefined || main.path === '') return facts
  const version = versionOfMain(main.path, knownVersion(main.version), ldflags)
  return [...facts, { name: main.path, version }]
}

/** `go1.25.0 X:nodwarf5`, `go1.26-X:a`, `go1.26.5 (Red Hat ...)`: what follows the version is left out. */
function standardLibraryVersion(goVersion: string): string {
  const [version = ''] = goVersion.replace(/^go/, '').split(/ |-X:/, 1)
  return `v${version}`
}

function knownVersion(version: string): string {
  return version === '(devel)' ? '' : version
}

/** The lines of runtime/debug, ParseBuildInfo: words parted by tabs; lines of other kinds do not count. */
export function parseModules(text: string): Modules {
  let main: Module | undefined
  let ldflags = ''
  let replaceable: 'main' | 'dependency' | undefined
  const dependencies: Module[] = []
  for (const line of text.split('\n').slice(0, -1)) {
    const tab = line.indexOf('\t')
    const rest = line.slice(tab + 1)
    switch (tab === -1 ? '' : line.slice(0, tab)) {
      case 'mod':
        main = moduleOf(rest)
        replaceable = 'main'
        break
      case 'dep':
        dependencies.push(moduleOf(rest))
        replaceable = 'dependency'
        break
      case '=>':
        // What replaces the main module does not count.
        if (replaceable === 'dependency') dependencies[dependencies.length - 1] = replacementOf(rest)
        else if (replaceable === undefined) throw new SyntaxError('a replacement follows no module')
        replaceable = undefined
        break
      case 'build':
        ldflags ||= settingOf(rest, '-ldflags')
        break
    }
  }
  return { main, dependencies, ldflags }
}

function moduleOf(text: string): Module {
  const [path = '', version = '', ...more] = text.split('\t')
  if (!text.includes('\t') || more.length > 1) throw new SyntaxError('a module line has not 2 or 3 columns')
  return { path, version }
}

function replacementOf(text: string): Module {
  const columns = text.split('\t')
  if (columns.length !== 3) throw new SyntaxError('a replacement line has not 3 columns')
  return moduleOf(text)
}

/** `key=value`, the value quoted as in Go where it has spaces. */
function settingOf(text: string, key: string): string {
  if (!text.startsWith(`${key}=`)) return ''
  const value = text.slice(key.length + 1)
  if (value.startsWith('`')) return value.slice(1, -1)
  return value.startsWith('"') ? unquote(value) : value
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
}

/** strconv.Unquote, of double quotes. */
function unquote(text: string): string {
  return text
    .slice(1, -1)
    .replace(/\\(?:x([\da-f]{2})|u([\da-f]{4})|(.))/gi, (_, hex?: string, unicode?: string, other = '') => {
      const code = hex ?? unicode
      return code === undefined ? (escapes[other] ?? other) : String.fromCharCode(Number.parseInt(code, 16))
    })
}
