import { DEFAULT_SELECTION, type SelectionPolicy } from '../connections/index.ts'
import { BUILT_IN_ENGINE, parsePlatform, platformMatches } from '../core/index.ts'
import type { Arrangement } from './looks/store.ts'
import type { Ranking } from './ranking.ts'

/** Whether a repository path passes a policy's patterns; `*` stands for any text, also across `/`. */
export function isIncluded(path: string, policy: Pick<SelectionPolicy, 'include' | 'exclude'>): boolean {
  const included = policy.include.length === 0 || policy.include.some((pattern) => matches(path, pattern))
  return included && !policy.exclude.some((pattern) => matches(path, pattern))
}

/** Glob match without backtracking over the whole text: the parts between stars are found one after the other. */
function matches(path: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return path === first
  if (!path.startsWith(first)) return false
  let at = first.length
  for (const part of rest) {
    const found = path.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return path.length - last.length >= at && path.endsWith(last)
}

/** What a connection wants of its images. */
export interface ConnectionPolicy extends SelectionPolicy {
  readonly engine: string
}

/** A stored selection: what it does not say is as everywhere. */
export function toSelection(stored: unknown): SelectionPolicy {
  return { ...DEFAULT_SELECTION, ...(stored as Partial<SelectionPolicy>) }
}

/**
 * Which of a repository's platforms are scanned: those that any of its connections chose; `all` when one of them takes all.
 *
 * @param names the platforms that there are, as they are shown
 */
export function chosenPlatforms(
  path: string,
  policies: readonly SelectionPolicy[],
  names: readonly string[],
): readonly string[] | 'all' {
  const lists = policies.filter((each) => isIncluded(path, each)).map((each) => each.platforms)
  if (lists.length === 0 || lists.some((list) => list.length === 0)) return 'all'
  const wanted = lists.flat().map(parsePlatform)
  return names.filter((name) => /^[^/]+\/[^/]+(?:\/[^/]+)?$/.test(name) && fits(name, wanted))
}

function fits(name: string, wanted: readonly ReturnType<typeof parsePlatform>[]): boolean {
  const offered = parsePlatform(name)
  return wanted.some((each) => platformMatches(offered, each))
}

/** Which engine speaks for a repository: that of the oldest connection that selects it. */
export function engineOf(path: string, policies: readonly ConnectionPolicy[]): string {
  return policies.find((each) => isIncluded(path, each))?.engine ?? policies[0]?.engine ?? BUILT_IN_ENGINE
}

/** Which rule leaves an image out, as it goes on after "because". */
export function leftOutBecause(path: string, policies: readonly SelectionPolicy[]): string {
  if (policies.length === 0) return 'no connection that is enabled sees its repository'
  const wanted = wantedTags(path, policies)
  if (wanted > 1) return `only the latest ${wanted} tags of its repository are scanned`
  if (wanted === 1) return 'only the latest tag of its repository is scanned'
  return policies.some((each) => isIncluded(path, each))
    ? 'its connection selects no tag'
    : 'the patterns of its connection leave out its repository'
}

/** How many of a repository's newest tags are wanted: as many as any of its policies asks for. */
export function wantedTags(path: string, policies: readonly SelectionPolicy[]): number {
  const selecting = policies.filter((each) => isIncluded(path, each))
  return Math.max(0, ...selecting.map((each) => each.latestTags))
}

/**
 * Lifecycle and selection of a repository's images, by its newest tags. Selected are the images of the `wanted` newest; of these, what
 * is not looked into yet is Pending. Latest is what the newest tag points to that is an image; where none is wanted nobody looks, and
 * push dates alone tell.
 */
export function arrange({ top, dated }: Ranking, wanted: number): Arrangement {
  const chosen = top.slice(0, wanted)
  const pending = (dated ? chosen : top).filter((tag) => tag.kind === 'unknown').map((tag) => tag.imageId)
  const latest = top.find((tag) => tag.kind === 'image' || (wanted === 0 && dated))
  return { selected: chosen.map((tag) => tag.imageId), latest: latest?.imageId ?? null, pending }
}
