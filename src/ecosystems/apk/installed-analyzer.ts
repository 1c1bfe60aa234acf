import { stripEnd, stripStart } from '../../core/index.ts'
import type { Analyzer, LayerFact, PackageFact } from '../../indexing/index.ts'
import { damageFacts, decodeText } from '../index.ts'
import { isApkVersion } from './version.ts'

/** The second since Alpine's merge of /lib into /usr; Trivy reads it since 0.63. */
const paths = new Set(['lib/apk/db/installed', 'usr/lib/apk/db/installed'])

/** Reads apk's database of installed packages (wiki.alpinelinux.org, Apk spec) and the files that they own. */
export const installedAnalyzer: Analyzer = {
  id: 'apk-installed',
  version: 2,
  maxSize: 128 * 1024 * 1024,
  wants: (file) => paths.has(file.path),
  read: (path, content): LayerFact[] => {
    const { packages, files, damaged } = readInstalled(decodeText(content))
    return [
      { kind: 'packages', scope: 'os', ecosystem: 'apk', path, packages },
      { kind: 'owned-files', files },
      ...damageFacts(damaged),
    ]
  },
}

/** A paragraph while it is read. */
interface Draft {
  name?: string
  version?: string
  arch?: string
  sourceName?: string
  sourceVersion?: string
  licenses?: readonly string[]
}

/** Every line is a letter, a colon and a value (apk-tools, src/database.c). */
const field = /^[A-Za-z]:/

/** Of packages with one name the first counts; one without a valid version is left out. Paragraphs with lines that are no fields are counted. */
export function readInstalled(text: string): { packages: PackageFact[]; files: string[]; damaged: number } {
  const packages = new Map<string, PackageFact>()
  const files: string[] = []
  let draft: Draft = {}
  let folder = ''
  // The version line last read, valid or not: the origin takes it over.
  let version = ''
  let damaged = 0
  let isDamaged = false
  const finish = (): void => {
    const { name, version: own, ...rest } = draft
    if (name && own && !packages.has(name)) packages.set(name, { name, version: own, ...rest })
    draft = {}
    if (isDamaged) damaged += 1
    isDamaged = false
  }
  const fields: Readonly<Record<string, (value: string) => void>> = {
    'P:': (value) => (draft.name = value),
    'V:': (value) => {
      version = value
      if (isApkVersion(value)) draft.version = value
    },
    'o:': (value) => {
      draft.sourceName = value
      draft.sourceVersion = version
    },
    'A:': (value) => (draft.arch = value),
    'L:': (value) => (draft.licenses = licensesOf(value)),
    'F:': (value) => (folder = value),
    'R:': (value) => files.push(folder === '' ? value : `${folder}/${value}`),
  }
  for (const raw of text.split('\n')) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    if (line.length < 2) finish()
    else if (field.test(line)) fields[line.slice(0, 2)]?.(line.slice(2))
    else isDamaged = true
  }
  finish()
  return { packages: [...packages.values()], files, damaged }
}

/** The names in `GPL-2.0-only AND MIT`. */
function licensesOf(expression: string): string[] {
  return expression
    .split(/\s+/)
    .map((word) => stripEnd(stripStart(word, '('), ')'))
    .filter((word) => word !== '' && word !== 'AND' && word !== 'OR')
}
