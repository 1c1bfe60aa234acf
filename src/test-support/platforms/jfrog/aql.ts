import type { StoredFile } from './files.ts'

export interface AqlOptions {
  readonly files: readonly StoredFile[]
  /** What a virtual repository contains, caches of remote ones included. */
  readonly membersOf: (repo: string) => readonly string[] | undefined
  readonly isAdmin: boolean
  /** The server gives no more results (aql.search.query.max.limit). */
  readonly hardLimit: number
}

type Criterion = Readonly<Record<string, unknown>>
const iso = (at: number): string => new Date(at).toISOString()

function fieldOf(file: StoredFile, name: string): string {
  const dates: Readonly<Record<string, number>> = {
    created: file.created,
    modified: file.modified,
    updated: file.updated,
  }
  if (dates[name] !== undefined) return iso(dates[name])
  return String((file as unknown as Record<string, unknown>)[name])
}

/** `*` and `?`, as the documentation of AQL has them. */
function isLike(text: string, pattern: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(text)
}

function compares(value: string, operator: string, wanted: string): boolean {
  switch (operator) {
    case '$eq':
      return value === wanted
    case '$match':
      return isLike(value, wanted)
    case '$nmatch':
      return !isLike(value, wanted)
    case '$gt':
      return value > wanted
    case '$gte':
      return value >= wanted
    default:
      throw new Error(`unknown operator ${operator}`)
  }
}

function matches(file: StoredFile, criterion: Criterion, options: AqlOptions): boolean {
  return Object.entries(criterion).every(([name, wanted]) => {
    if (name === '$and') return (wanted as Criterion[]).every((one) => matches(file, one, options))
    if (name === '$or') return (wanted as Criterion[]).some((one) => matches(file, one, options))
    const comparisons = typeof wanted === 'string' ? { $eq: wanted } : (wanted as Record<string, string>)
    return Object.entries(comparisons).every(([operator, text]) => {
      const members = name === 'repo' && operator === '$eq' ? options.membersOf(text) : undefined
      return members ? members.includes(file.repo) : compares(fieldOf(file, name), operator, text)
    })
  })
}

const form = /^items\.find\((.*)\)\.include\((.*?)\)\.sort\((.*?)\)(?:\.limit\((\d+)\))?$/s

/** Answers a search as Artifactory does, for the part of AQL that is asked for here. @throws for what it does not understand */
export function search(query: string, options: AqlOptions): object {
  const [, criteria = '', include = '', order = '', limit] = form.exec(query) ?? []
  if (criteria === '') throw new Error('Failed to parse query')
  const fields = JSON.parse(`[${include}]`) as string[]
  if (!options.isAdmin && !['repo', 'path', 'name'].every((field) => fields.includes(field))) {
    throw new Error('Only user with admin permissions may omit repo, path and name')
  }
  const { $asc: sorted } = JSON.parse(order) as { $asc: string[] }
  const criterion = JSON.parse(criteria) as Criterion
  const found = options.files
    .filter((file) => matches(file, criterion, options))
    .toSorted((one, other) => compareBy(sorted, one, other))
  const most = Math.min(limit === undefined ? options.hardLimit : Number(limit), options.hardLimit)
  const results = found.slice(0, most).map((file) => shown(file, fields, criterion, options))
  const isTrimmed = found.length > results.length && most === options.hardLimit
  return {
    results,
    range: {
      start_pos: 0,
      end_pos: results.length,
      total: results.length,
      ...(limit === undefined ? {} : { limit: Number(limit) }),
      ...(isTrimmed ? { notification: 'AQL query reached the search hard limit, results are trimmed.' } : {}),
    },
  }
}

function compareBy(fields: readonly string[], one: StoredFile, other: StoredFile): number {
  for (const field of fields) {
    const [left, right] = [fieldOf(one, field), fieldOf(other, field)]
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}

function shown(
  file: StoredFile,
  fields: readonly string[],
  criterion: Criterion,
  options: AqlOptions,
): object {
  const repo = criterion['repo']
  const isVirtual = typeof repo === 'string' && options.membersOf(repo) !== undefined
  const entries = fields.map((field) => [field, field === 'size' ? file.size : fieldOf(file, field)])
  // Implied where a virtual repository is searched.
  return { ...Object.fromEntries(entries), ...(isVirtual ? { virtual_repos: [repo] } : {}) }
}
