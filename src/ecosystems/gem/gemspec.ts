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

/** A line that begins as an assignment and is none (`s.version_requirement`) takes the value away: Trivy's rule. */
function assignment(line: string, at: number): { field: Field; value: string } | undefined {
  if (line.startsWith('name', at)) return { field: 'name', value: unquote(word(line, 'name')) }
  if (line.startsWith('version', at)) return { field: 'version', value: unquote(word(line, 'version')) }
  if (line.startsWith('licenses', at)) {
    const list = /\.licenses\s*=\s*\[(.+)\]/.exec(line)?.[1] ?? ''
    return { field: 'license', value: list.split(',').map(unquote).join(', ') }
  }
  if (line.startsWith('license', at)) return { field: 'license', value: unquote(word(line, 'license')) }
  return undefined
}

function word(line: string, name: string): string {
  return new RegExp(String.raw`\.${name}\s*=\s*(\S+)`).exec(line)?.[1] ?? ''
}

function unquote(text: string): string {
  return text
    .trim()
    .replace(/\.freeze$/, '')
    .replace(/^['"]+|['"]+$/g, '')
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
