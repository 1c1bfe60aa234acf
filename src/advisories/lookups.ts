/** One place where statements on a package stand. */
export interface Lookup {
  readonly space: string
  readonly lookupKey: string
}

/**
 * All places that a subject's space and key name. The space of an operating system may be a list of buckets, one a line, and then
 * so may the key (a supplier's statements go before those of the distribution that it builds on); of a library, never: its names
 * come from anybody. In the order in which later ones win. Who marks subjects because a place has changed must use it too.
 */
export function lookupsOf(space: string, lookupKey: string): readonly Lookup[] {
  if (!space.includes('\n') && (space.endsWith('::') || !lookupKey.includes('\n')))
    return [{ space, lookupKey }]
  const keys = lookupKey.split('\n')
  return space.split('\n').flatMap((each) => keys.map((key) => ({ space: each, lookupKey: key })))
}
