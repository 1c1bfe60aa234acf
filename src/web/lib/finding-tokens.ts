import type { FindingSearch } from './address.ts'
import { shortDigest } from './format.ts'
import { SEVERITIES, SEVERITY_NAMES } from './severity.ts'

/** One filter of the findings as it stands in the filter bar. */
export interface Token {
  readonly key: keyof FindingSearch
  readonly label: string
}

/** What names are known of things that the address carries by number. */
export interface Names {
  readonly repository?: string | null | undefined
  readonly connection?: string | undefined
}

export function tokensOf(search: FindingSearch, names: Names): Token[] {
  const tokens: Token[] = []
  const add = (key: keyof FindingSearch, label: string | undefined): void => {
    if (label !== undefined) tokens.push({ key, label: `${key}: ${label}` })
  }
  add('severity', search.severity?.map((severity) => SEVERITY_NAMES[severity]).join(', '))
  add('cve', search.cve)
  add('package', search.package)
  add(
    'repository',
    search.repository === undefined ? undefined : (names.repository ?? `#${search.repository}`),
  )
  add('connection', search.connection === undefined ? undefined : (names.connection ?? 'unknown'))
  add('digest', search.digest === undefined ? undefined : shortDigest(search.digest))
  add('fix', search.fix)
  return tokens
}

/** A filter that the typed text may mean. `patch` is put on the address when it is chosen. */
export interface Suggestion {
  readonly id: string
  readonly label: string
  readonly hint: string
  readonly patch: FindingSearch
}

export interface Known {
  readonly repositories: readonly { readonly id: number; readonly path: string }[]
  readonly connections: readonly { readonly id: string; readonly name: string }[]
  /** Digests that begin as a typed one does; undefined: they are still looked up. */
  readonly digests?: readonly string[] | undefined
  /** Severities that are chosen already: another one is added to them. */
  readonly severity: FindingSearch['severity']
}

const MOST = 8

function make(key: keyof FindingSearch, value: string, hint: string, patch: FindingSearch): Suggestion {
  return { id: `${key}:${value}`, label: `${key}:${value}`, hint, patch }
}

function severities(value: string, known: Known): Suggestion[] {
  return SEVERITIES.filter((severity) => severity.toLowerCase().startsWith(value.toLowerCase())).map(
    (severity) =>
      make('severity', severity.toLowerCase(), 'Severity', {
        severity: SEVERITIES.filter((item) => item === severity || known.severity?.includes(item) === true),
      }),
  )
}

function repositories(value: string, known: Known): Suggestion[] {
  const wanted = value.toLowerCase()
  return known.repositories
    .filter(({ path }) => path.toLowerCase().includes(wanted))
    .map(({ id, path }) => make('repository', path, 'Repository', { repository: id }))
}

function connections(value: string, known: Known): Suggestion[] {
  const wanted = value.toLowerCase()
  return known.connections
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .map(({ id, name }) => make('connection', name, 'Connection', { connection: id }))
}

function fixes(value: string): Suggestion[] {
  return (['yes', 'no'] as const)
    .filter((answer) => answer.startsWith(value.toLowerCase()))
    .map((fix) => make('fix', fix, fix === 'yes' ? 'A fix is known' : 'No fix is known', { fix }))
}

const SHORTEST_DIGEST = 6

/** The hex digits of a digest or of its beginning, as people copy it; null for what is none. */
export function digestStart(text: string): string | null {
  const hex = /^(?:digest:)?(?:sha256:)?([0-9a-f]+)$/i.exec(text.trim())?.[1]?.toLowerCase()
  return hex === undefined || hex.length < SHORTEST_DIGEST || hex.length > 64 ? null : hex
}

function digests(value: string, known: Known): Suggestion[] {
  const start = digestStart(value)
  if (start === null) return []
  const found = start.length === 64 ? [`sha256:${start}`] : (known.digests ?? [])
  return [...new Set(found)]
    .filter((digest) => digest.startsWith(`sha256:${start}`))
    .slice(0, MOST)
    .map((digest) => make('digest', shortDigest(digest), 'Image digest', { digest }))
}

const VULNERABILITY = /^(CVE|GHSA|DSA|DLA|USN|ALAS\d*|RHSA|ELSA)-/i
const cveOf = (text: string): string => (/^GHSA-/i.test(text) ? text : text.toUpperCase())

type Read = (value: string, known: Known) => Suggestion[]

const READERS: Readonly<Record<string, Read>> = {
  severity: severities,
  repo: (value, known) => repositories(value, known).slice(0, MOST),
  repository: (value, known) => repositories(value, known).slice(0, MOST),
  connection: (value, known) => connections(value, known).slice(0, MOST),
  fix: fixes,
  digest: digests,
  sha256: digests,
  package: (value) => (value === '' ? [] : [make('package', value, 'Package', { package: value })]),
  cve: (value) => (value === '' ? [] : [make('cve', cveOf(value), 'Vulnerability', { cve: cveOf(value) })]),
}

/** `severity:crit`, `fix:yes`, `repo:api`, or bare words: the filters that they may mean, the likeliest first. */
export function suggest(text: string, known: Known): Suggestion[] {
  const words = text.trim()
  const [, prefix = '', value = ''] = /^([a-z0-9]+):(.*)$/i.exec(words) ?? []
  const read = Object.hasOwn(READERS, prefix.toLowerCase()) ? READERS[prefix.toLowerCase()] : undefined
  if (read !== undefined) return read(value.trim(), known)
  return words === '' ? [] : anything(words, known)
}

function anything(words: string, known: Known): Suggestion[] {
  return [
    ...digests(words, known),
    ...(words.length > 1 ? severities(words, known) : []),
    ...wholeName(words, known),
    ...repositories(words, known),
    ...connections(words, known),
  ].slice(0, MOST)
}

/** A digest in the making is no package yet: Enter must not take it for one before it is looked up. */
function wholeName(words: string, known: Known): Suggestion[] {
  if (digestStart(words) !== null && known.digests === undefined) return []
  return VULNERABILITY.test(words)
    ? [make('cve', cveOf(words), 'Vulnerability', { cve: cveOf(words) })]
    : [make('package', words, 'Package, by its whole name', { package: words })]
}

/** What an empty filter bar offers. */
export const PREFIXES: readonly (readonly [prefix: string, hint: string])[] = [
  ['severity:', 'critical, high, medium, low, unknown'],
  ['package:', 'a package by its whole name'],
  ['cve:', 'a vulnerability: CVE, GHSA, …'],
  ['repository:', 'a repository by part of its path'],
  ['connection:', 'a registry connection'],
  ['digest:', 'one image'],
  ['fix:', 'yes or no'],
]
