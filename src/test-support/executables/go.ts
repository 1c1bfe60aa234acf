import { elfFile } from './elf.ts'
import { machOFile } from './mach-o.ts'
import { peFile } from './pe.ts'
import { varint } from './wasm.ts'
import { BASE, type BinarySection, type FormatOptions, place } from './writer.ts'

export interface GoBinaryOptions extends FormatOptions {
  readonly goVersion?: string
  /** Lines as `goModules` makes them; absent: built without modules. */
  readonly modules?: string
  readonly format?: 'elf' | 'pe' | 'mach-o'
  /** Strings behind pointers, as until Go 1.17. */
  readonly pointers?: boolean
  /** Bytes of machine code before all, to make it as large as real programs are. */
  readonly codeSize?: number
  /** What else is there. */
  readonly sections?: readonly BinarySection[]
  /** Without the section's name: the header only is in the data, 16 bytes in. */
  readonly anonymous?: boolean
}

const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1')
const START = Buffer.from('3077af0c9274080241e1c107e6d618e6', 'hex')
const END = Buffer.from('f932433186182072008242104116d8f2', 'hex')
const BEFORE_VERSION = 'lorem '

/** A file that `go version -m` takes for a Go program; it does not run. */
export function goBinary(options: GoBinaryOptions = {}): Buffer {
  const { format = 'elf', anonymous = false, codeSize = 64, goVersion = 'go1.22.1', modules = '' } = options
  const framed = modules === '' ? Buffer.alloc(0) : Buffer.concat([START, Buffer.from(modules), END])
  const before: BinarySection[] = [
    { name: '.text', content: Buffer.alloc(codeSize, 0x90), code: true },
    { name: '.rodata', content: Buffer.concat([Buffer.from(BEFORE_VERSION + goVersion), framed]) },
    ...(options.sections ?? []),
  ]
  const header = options.pointers
    ? pointedStrings(options, before, goVersion.length, framed.length)
    : inlineStrings(goVersion, framed)
  const sections = [
    ...before,
    {
      name: anonymous ? '.data' : format === 'mach-o' ? '__go_buildinfo' : '.go.buildinfo',
      writable: true,
      content: anonymous ? Buffer.concat([Buffer.alloc(16), header]) : header,
    },
  ]
  if (format === 'pe') return peFile(sections)
  return format === 'mach-o' ? machOFile(sections, options) : elfFile(sections, options)
}

function inlineStrings(goVersion: string, framed: Buffer): Buffer {
  const header = Buffer.concat([MAGIC, Buffer.of(8, 2), Buffer.alloc(16)])
  const version = [varint(goVersion.length), Buffer.from(goVersion)]
  return Buffer.concat([header, ...version, varint(framed.length), framed, Buffer.alloc(16)])
}

/** Header, then the two string headers that it points to, of strings that lie in the second section. */
function pointedStrings(
  { is64 = true, bigEndian = false, anonymous = false }: GoBinaryOptions,
  before: readonly BinarySection[],
  versionLength: number,
  framedLength: number,
): Buffer {
  const { placed, end } = place(before)
  const start = BASE + end + (anonymous ? 16 : 0)
  const version = (placed[1]?.address ?? 0) + BEFORE_VERSION.length
  const size = is64 ? 8 : 4
  const words = (...values: readonly number[]): Buffer => {
    const bytes = Buffer.alloc(values.length * size)
    for (const [index, value] of values.entries()) {
      if (bigEndian) bytes.writeUIntBE(value, index * size + size - 4, 4)
      else bytes.writeUIntLE(value, index * size, 4)
    }
    return bytes
  }
  const pointers = words(start + 32, start + 32 + 2 * size)
  const header = Buffer.concat([MAGIC, Buffer.of(size, bigEndian ? 1 : 0), pointers], 32)
  return Buffer.concat([header, words(version, versionLength, version + versionLength, framedLength)])
}

/** Lines as the go command writes them: `main` and `deps` as `path@version`, replaced ones as `old => new`. */
export function goModules(listing: {
  readonly main?: string
  readonly deps?: readonly string[]
  readonly settings?: Readonly<Record<string, string>>
}): string {
  const deps = (listing.deps ?? []).flatMap((dep) => {
    const [old = '', replacement] = dep.split(' => ')
    return replacement === undefined
      ? [line('dep', old, SUM)]
      : [line('dep', old), line('=>', replacement, SUM)]
  })
  const settings = Object.entries(listing.settings ?? {}).map(
    ([key, value]) => `build\t${key}=${/[\s"`]/.test(value) ? JSON.stringify(value) : value}\n`,
  )
  const main = listing.main === undefined ? [] : [line('mod', listing.main, '')]
  return ['path\tcommand-line-arguments\n', ...main, ...deps, ...settings].join('')
}

const SUM = `h1:${'A'.repeat(43)}=`

function line(word: string, spelled: string, sum?: string): string {
  const at = spelled.lastIndexOf('@')
  const [path, version] = at === -1 ? [spelled, ''] : [spelled.slice(0, at), spelled.slice(at + 1)]
  return `${[word, path, version, ...(sum === undefined ? [] : [sum])].join('\t')}\n`
}
