/** One place where statements on a package stand. */
export interface Lookup {
  readonly space: string
  readonly lookupKey: string
}

/**
 * All places that a subject's space and key name. A space may be a list, one a line (a distribution's or ecosystem's, then the
 * supplier's that builds on it); of an operating system so may the key, of a library never: its names come from anybody. In the
 * order in which later ones win. Who marks subjects because a place has changed must use it too.
 */
export function lookupsOf(space: string, lookupKey: string): readonly Lookup[] {
  const isLibrary = space.endsWith('::')
  if (!space.includes('\n') && (isLibrary || !lookupKey.includes('\n'))) return [{ space, lookupKey }]
  const keys = isLibrary ? [lookupKey] : lookupKey.split('\n')
  return space.split('\n').flatMap((each) => keys.map((key) => ({ space: each, lookupKey: key })))
}
