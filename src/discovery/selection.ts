import type { SelectionPolicy } from '../connections/index.ts'
import { BUILT_IN_ENGINE, parsePlatform, platformMatches } from '../core/index.ts'
import type { Lifecycle } from './ports.ts'
import { compareTags, type RankedTag } from './tag-order.ts'

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

export interface TaggedImage extends RankedTag {
  readonly imageId: number
  readonly kind: string
}

export interface Arrangement {
  readonly lifecycle: Lifecycle
  readonly selected: boolean
}

/**
 * Lifecycle and selection of a repository's images, from all its tags. Latest is what the top tag points to; selected are
 * the images of the newest tags of any policy. What is no image is neither; what is not looked into yet is Pending.
 */
export function arrange(
  path: string,
  tags: readonly TaggedImage[],
  policies: readonly SelectionPolicy[],
): ReadonlyMap<number, Arrangement> {
  const ranked = tags.filter((tag) => tag.kind === 'image' || tag.kind === 'unknown').sort(compareTags)
  const wanted = Math.max(
    0,
    ...policies.filter((each) => isIncluded(path, each)).map((each) => each.latestTags),
  )
  const selected = new Set(ranked.slice(0, wanted).map((tag) => tag.imageId))
  const latest = ranked.find((tag) => tag.kind === 'image')?.imageId
  return new Map(
    tags.map(({ imageId, kind }) => {
      const lifecycle = kind === 'unknown' ? 'Pending' : imageId === latest ? 'Latest' : 'Outdated'
      return [imageId, { lifecycle, selected: selected.has(imageId) }]
    }),
  )
}
