/** One comparison of a constraint: operator `>=` and version `1.2`. The operator may be empty. */
interface Comparison {
  readonly operator: string
  readonly version: string
}

/** How the comparisons of an ecosystem are written. */
interface ConstraintGrammar {
  /** Sticky: one comparison with the white space and the comma after it. */
  readonly one: RegExp
  /** Global: the comparisons in a text that consists of nothing else. Groups: operator, version. */
  readonly each: RegExp
}

/**
 * The grammar that Trivy's libraries share: comparisons one after another, white space or one comma between them.
 * @param operators regular expressions; one that another one begins with stands after it
 * @param version regular expression of a version, without capturing groups
 * @param found the same for taking a checked text apart, where that differs
 */
export function constraintGrammar(
  operators: readonly string[],
  version: string,
  found: string = version,
): ConstraintGrammar {
  const operator = operators.join('|')
  return {
    one: new RegExp(` ?(?:${operator}|) ?(?:${version}) ?,?`, 'y'),
    each: new RegExp(`(${operator}|) ?(${found})`, 'g'),
  }
}

/** A comparison whose version has been read. */
export interface Bound<Version> {
  readonly operator: string
  readonly version: Version
}

/** Alternatives, each of bounds that must all hold. */
export type Constraint<Version> = readonly (readonly Bound<Version>[])[]

const REMEMBERED = 4_096

/**
 * Reads constraints: alternatives are parted by `||`. Time is linear in the text; what was read is remembered, as the same
 * ranges are asked for again and again.
 * @param parse undefined for a version that does not parse, or that the operator does not take
 * @returns a function that gives null for a text of which some alternative does not parse, or is empty
 */
export function createConstraintReader<Version>(
  grammar: ConstraintGrammar,
  parse: (version: string, operator: string) => Version | undefined,
): (text: string) => Constraint<Version> | null {
  const read = new Map<string, Constraint<Version> | null>()
  return (text) => {
    const known = read.get(text)
    if (known !== undefined) return known
    if (read.size >= REMEMBERED) read.clear()
    const constraint = readConstraint(text, grammar, parse)
    read.set(text, constraint)
    return constraint
  }
}

function readConstraint<Version>(
  text: string,
  grammar: ConstraintGrammar,
  parse: (version: string, operator: string) => Version | undefined,
): Constraint<Version> | null {
  const alternatives: Bound<Version>[][] = []
  for (const alternative of text.split('||')) {
    const bounds: Bound<Version>[] = []
    for (const { operator, version } of comparisonsOf(alternative, grammar)) {
      const parsed = parse(version, operator)
      if (parsed === undefined) return null
      bounds.push({ operator, version: parsed })
    }
    if (bounds.length === 0) return null
    alternatives.push(bounds)
  }
  return alternatives
}

/** None when the text does not consist of comparisons alone. */
function comparisonsOf(text: string, grammar: ConstraintGrammar): Comparison[] {
  const plain = text.replace(/[\t\n\f\r ]+/g, ' ')
  if (!consistsOf(plain, grammar.one)) return []
  return Array.from(plain.matchAll(grammar.each), ([, operator = '', version = '']) => ({
    operator,
    version,
  }))
}

function consistsOf(text: string, piece: RegExp): boolean {
  const end = text.trimEnd().length
  let at = 0
  while (at < end) {
    piece.lastIndex = at
    if (!piece.test(text)) return false
    at = piece.lastIndex
  }
  return true
}

/** Whether all bounds of some alternative hold. */
export function someHold<Version>(
  constraint: Constraint<Version>,
  holds: (bound: Bound<Version>) => boolean,
): boolean {
  return constraint.some((bounds) => bounds.every(holds))
}

/**
 * Whether a comparison holds by the order of the installed version to the bound alone: `=` where there is no operator.
 * @returns undefined for an operator that says more, as `~` does
 */
export function holdsByOrder(operator: string, order: number): boolean | undefined {
  switch (operator) {
    case '':
    case '=':
    case '==':
      return order === 0
    case '!=':
      return order !== 0
    case '>':
      return order > 0
    case '>=':
    case '=>':
      return order >= 0
    case '<':
      return order < 0
    case '<=':
    case '=<':
      return order <= 0
    default:
      return undefined
  }
}
