import { compareMavenVersions } from './version.ts'

/** Bounds that all must hold. */
type Bounds = readonly { readonly operator: string; readonly version: string }[]

const operators: ReadonlyMap<string, (order: number) => boolean> = new Map([
  ['', (order) => order === 0],
  ['=', (order) => order === 0],
  ['==', (order) => order === 0],
  ['!=', (order) => order !== 0],
  ['>', (order) => order > 0],
  ['<', (order) => order < 0],
  ['>=', (order) => order >= 0],
  ['=>', (order) => order >= 0],
  ['<=', (order) => order <= 0],
  ['=<', (order) => order <= 0],
])

const bound = /\s*(?:(?<operator>==|!=|>=|=>|<=|=<|[=<>])\s*)?(?<version>[0-9A-Za-z\-~_.+]+)\s*,?/y
/** No `_`, `~` or `+` here: Trivy's library does not see a bracket with them. */
const bracket = /[[(][0-9A-Za-z\-.,]+[\])]/g
/** Below and above all versions. */
const LOWEST = '-----1'
const HIGHEST = '99999999999999999999'

/**
 * Whether a version is in a range, as Trivy's library reads it (go-mvn-version): alternatives apart by `||`, each bounds such as
 * `>=1.0, <2`; else Maven's own form, `[1.0,2.0),[3.0,)`, where the alternatives are all brackets of the text.
 *
 * @returns undefined when the range cannot be read, or the version is none
 */
export function satisfies(version: string, range: string): boolean | undefined {
  const alternatives = parseConstraints(range) ?? parseBrackets(range)
  if (alternatives === undefined || compareMavenVersions(version, version) === undefined) return undefined
  return alternatives.some((bounds) => bounds.every((each) => holds(version, each)))
}

function holds(version: string, { operator, version: limit }: Bounds[number]): boolean {
  const order = compareMavenVersions(version, limit)
  return order !== undefined && (operators.get(operator)?.(order) ?? false)
}

function parseConstraints(text: string): readonly Bounds[] | undefined {
  const alternatives = text.split('||').map(parseBounds)
  return alternatives.every((bounds) => bounds !== undefined) ? alternatives : undefined
}

/** undefined for an empty one too. */
function parseBounds(text: string): Bounds | undefined {
  const bounds: { operator: string; version: string }[] = []
  const whole = text.trimEnd()
  bound.lastIndex = 0
  while (bound.lastIndex < whole.length) {
    const { operator = '', version } = bound.exec(whole)?.groups ?? {}
    if (version === undefined) return undefined
    bounds.push({ operator, version })
  }
  return bounds.length === 0 ? undefined : bounds
}

function parseBrackets(text: string): readonly Bounds[] | undefined {
  const brackets = text.replace(/\s+/g, '').match(bracket)?.map(parseBracket) ?? []
  return brackets.length > 0 && brackets.every((bounds) => bounds !== undefined) ? brackets : undefined
}

function parseBracket(text: string): Bounds | undefined {
  const [low = '', high, ...more] = text.slice(1, -1).split(',')
  if (more.length > 0) return undefined
  // `[1.2.3]` loses its last character in Trivy's library, and means 1.2.
  if (high === undefined) return [{ operator: '=', version: low.slice(0, -1) }]
  return [
    { operator: text.startsWith('[') ? '>=' : '>', version: low === '' ? LOWEST : low },
    { operator: text.endsWith(']') ? '<=' : '<', version: high === '' ? HIGHEST : high },
  ]
}
