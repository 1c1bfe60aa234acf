import { strip } from '../../core/index.ts'
import type { PackageFact } from '../../indexing/index.ts'
import { splitLicenses } from '../index.ts'

/** Trivy reads with a buffer of this size, and fails on a longer line. */
const MAX_LINE = 64 * 1024

/**
 * A package from a gem specification as RubyGems writes it: Ruby, of which only `s.name = "rake".freeze` and its like are understood
 * (Trivy, pkg/dependency/parser/ruby/gemspec). The first line that names all of name, version and license ends the reading.
 * @throws Error when it names no package
 */
export function readGemspec(text: string): PackageFact {
  let receiver = ''
  const fields: Record<Field, string> = { name: '', version: '', license: '' }
  for (const line of linesOf(text)) {
    if (line.includes('Gem::Specification.new')) receiver = /\|(.*)\|/.exec(line)?.[1] ?? ''
    if (receiver === '' || !line.startsWith(`${receiver}.`)) continue
    const assigned = assignment(line, receiver.length + 1)
    if (assigned !== undefined) fields[assigned.field] = assigned.value
    if (fields.name !== '' && fields.version !== '' && fields.license !== '') break
  }
  const { name, version, license } = fields
  if (name === '' || version === '') throw new Error('it has no name or no version')
  const licenses = splitLicenses(license)
  return { name, version, ...(licenses.length === 0 ? {} : { licenses }) }
}

type Field = 'name' | 'version' | 'license'

const words: Readonly<Record<Field, RegExp>> = {
  name: /\.name\s*=\s*(\S+)/,
  version: /\.version\s*=\s*(\S+)/,
  license: /\.license\s*=\s*(\S+)/,
}

/** A line that begins as an assignment and is none (`s.version_requirement`) takes the value away: Trivy's rule. */
function assignment(line: string, at: number): { field: Field; value: string } | undefined {
  if (line.startsWith('licenses', at)) return { field: 'license', value: list(line) }
  for (const field of ['name', 'version', 'license'] as const) {
    if (line.startsWith(field, at)) return { field, value: unquote(words[field].exec(line)?.[1] ?? '') }
  }
  return undefined
}

/** `["MIT".freeze, "Ruby".freeze]` */
function list(line: string): string {
  const start = /\.licenses\s*=\s*\[/.exec(line)
  if (start === null) return ''
  const items = line.slice(start.index + start[0].length, Math.max(line.lastIndexOf(']'), 0))
  return items.split(',').map(unquote).join(', ')
}

function unquote(text: string): string {
  return strip(text.trim().replace(/\.freeze$/, ''), `'"`)
}

function* linesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at)
    const end = newline === -1 ? text.length : newline
    if (end - at >= MAX_LINE) throw new Error('a line of it is longer than 64 KiB')
    yield text.slice(at, end).trim()
    at = end + 1
  }
}
