import type { Analyzer, LayerFact, PackageFact } from '../../indexing/index.ts'
import { decodeText, isOutsideOfPrograms } from '../index.ts'

/** Reads every package.json with a name and a version, as Trivy does in images: a manifest that is there is taken as installed. */
export const packageJsonAnalyzer: Analyzer = {
  id: 'npm-package-json',
  version: 1,
  maxSize: 16 * 1024 * 1024,
  wants: ({ path }) =>
    (path.endsWith('/package.json') || path === 'package.json') && !isOutsideOfPrograms(path),
  read: (path, content): LayerFact[] => {
    const fact = readPackageJson(decodeText(content))
    return fact === undefined
      ? []
      : [{ kind: 'packages', scope: 'language', ecosystem: 'npm', path, packages: [fact] }]
  },
}

/**
 * undefined without a name or a version. Trivy decodes with Go's encoding/json into typed fields, which shows: names of
 * fields match in any case, what follows the first value does not count, and a field of a wrong type fails the file.
 * @throws SyntaxError, TypeError for what it fails on
 */
export function readPackageJson(text: string): PackageFact | undefined {
  const parsed = parseFirstValue(text)
  if (parsed === null) return undefined
  if (!isRecord(parsed)) throw new TypeError('package.json is not an object')
  const fields = new Map<string, unknown>()
  for (const [key, value] of Object.entries(parsed)) {
    if (value !== null) fields.set(key.toLowerCase(), value)
  }
  const name = stringField(fields, 'name')
  const version = stringField(fields, 'version')
  checkOtherFields(fields)
  if (name === '' || version === '') return undefined
  const license = licenseOf(fields.get('license'))
  return { name, version, ...(license === '' ? {} : { licenses: [license] }) }
}

function stringField(fields: ReadonlyMap<string, unknown>, name: string): string {
  const value = fields.get(name) ?? ''
  if (typeof value !== 'string') throw new TypeError(`"${name}" is not a string`)
  return value
}

/** Fields that nothing here uses and that fail the file in Trivy when they have another type (old packages have lists). */
function checkOtherFields(fields: ReadonlyMap<string, unknown>): void {
  for (const name of ['dependencies', 'optionaldependencies', 'devdependencies']) {
    const value = fields.get(name) ?? {}
    if (!isRecord(value) || !Object.values(value).every(isStringOrNull)) {
      throw new TypeError(`"${name}" is not a map of strings`)
    }
  }
}

/** A word, or the older `{ "type": "MIT" }`. */
function licenseOf(value: unknown): string {
  const word = isRecord(value) ? value['type'] : value
  return typeof word === 'string' ? word : ''
}

function isStringOrNull(value: unknown): boolean {
  return typeof value === 'string' || value === null
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseFirstValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return JSON.parse(firstObject(text))
  }
}

/** The text up to the end of the first object; the whole text when it begins with anything else or has no end. */
function firstObject(text: string): string {
  const start = text.search(/\S/)
  if (text[start] !== '{') return text
  let depth = 0
  const token = /"(?:[^"\\]|\\.)*"|[{}]/gs
  token.lastIndex = start
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[0] === '{') depth += 1
    else if (match[0] === '}') depth -= 1
    if (depth === 0) return text.slice(0, token.lastIndex)
  }
  return text
}
