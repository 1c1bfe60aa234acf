/** As much of GraphQL as a query needs: selections, aliases, arguments, variables, and complaints about what is not in the schema. */

export interface Selection {
  readonly name: string
  readonly alias: string
  readonly args: Readonly<Record<string, unknown>>
  readonly fields: readonly Selection[]
}

export type Resolve = (args: Readonly<Record<string, unknown>>) => unknown

/** An object of a type: each field is a value, or gives one for arguments. */
export interface GraphqlObject {
  readonly type: string
  readonly fields: Readonly<Record<string, unknown>>
}

export class GraphqlError extends Error {}

const token = /\s*(?:([A-Za-z_]\w*)|(\$[A-Za-z_]\w*)|("(?:[^"\\]|\\.)*")|(-?\d+)|([{}():!,[\]])|$)/y

/** The selections of a query, with variables put in. @throws GraphqlError for what is no query */
export function parseQuery(text: string, variables: Readonly<Record<string, unknown>>): readonly Selection[] {
  token.lastIndex = 0
  const words: string[] = []
  while (token.lastIndex < text.length) {
    const match = token.exec(text)
    if (match === null) throw new GraphqlError('Parse error')
    const word = match.slice(1).find((part) => part !== undefined)
    if (word !== undefined && word !== ',') words.push(word)
  }
  let at = 0
  const next = (): string => words[at++] ?? ''
  const expect = (wanted: string): void => {
    if (next() !== wanted) throw new GraphqlError(`Parse error: expected ${wanted}`)
  }
  function value(): unknown {
    const word = next()
    if (word.startsWith('$')) {
      if (!declared.has(word)) throw new GraphqlError(`Variable ${word} is used but not declared`)
      return variables[word.slice(1)] ?? null
    }
    if (word === 'true' || word === 'false') return word === 'true'
    return word.startsWith('"') || /^-?\d/.test(word) ? JSON.parse(word) : word
  }
  function args(): Record<string, unknown> {
    const found: Record<string, unknown> = {}
    if (words[at] !== '(') return found
    for (at += 1; words[at] !== ')'; ) {
      const name = next()
      expect(':')
      found[name] = value()
    }
    at += 1
    return found
  }
  function selections(): Selection[] {
    const found: Selection[] = []
    expect('{')
    while (words[at] !== '}') {
      const first = next()
      if (first === '') throw new GraphqlError('Parse error: unexpected end')
      const name = words[at] === ':' ? words[(at += 2) - 1] : first
      found.push({
        alias: first,
        name: name ?? '',
        args: args(),
        fields: words[at] === '{' ? selections() : [],
      })
    }
    at += 1
    return found
  }
  const declared = new Set<string>()
  expect('query')
  if (words[at] === '(') {
    while (next() !== ')') if (words[at]?.startsWith('$')) declared.add(words[at] ?? '')
  }
  return selections()
}

/** GitLab counts a point for every field (app/graphql/types/base_field.rb), and doubles a page of a hundred. */
export function complexity(selections: readonly Selection[]): number {
  return selections.reduce((sum, { args, fields }) => {
    const own = 1 + complexity(fields)
    return sum + own * (typeof args['first'] === 'number' ? 1 + args['first'] / 100 : 1)
  }, 0)
}

/** Answers selections of an object. @throws GraphqlError for a field that its type does not have */
export function execute(object: GraphqlObject, selections: readonly Selection[]): Record<string, unknown> {
  return Object.fromEntries(
    selections.map(({ name, alias, args, fields }) => {
      if (!Object.hasOwn(object.fields, name))
        throw new GraphqlError(`Field '${name}' doesn't exist on type '${object.type}'`)
      const found = object.fields[name]
      return [alias, answerOf(typeof found === 'function' ? (found as Resolve)(args) : found, fields)]
    }),
  )
}

function answerOf(value: unknown, fields: readonly Selection[]): unknown {
  if (Array.isArray(value)) return value.map((each) => answerOf(each, fields))
  const isObject = typeof value === 'object' && value !== null && 'fields' in value
  return isObject ? execute(value as GraphqlObject, fields) : (value ?? null)
}

/** A connection with the page that `first` and `after` ask for; cursors are opaque. */
export function connection(
  type: string,
  nodes: readonly unknown[],
  args: Readonly<Record<string, unknown>>,
  most: number,
): GraphqlObject {
  const after =
    typeof args['after'] === 'string' ? Number(Buffer.from(args['after'], 'base64').toString()) : 0
  const size = Math.min(typeof args['first'] === 'number' ? args['first'] : most, most)
  const page = nodes.slice(after, after + size)
  const end = after + page.length
  const info = {
    hasNextPage: end < nodes.length,
    endCursor: page.length > 0 ? Buffer.from(String(end)).toString('base64') : null,
  }
  return { type, fields: { nodes: page, pageInfo: { type: 'PageInfo', fields: info } } }
}
