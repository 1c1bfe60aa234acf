/** Who gave a cursor out: another process may find the registry's own API gone, or back. */
type Origin = 'harbor' | 'zot'

export function writeCursor(origin: Origin, ...parts: readonly (string | number)[]): string {
  return [origin, ...parts].join(':')
}

/** The parts of a cursor of this origin; undefined for any other, where the listing begins anew. */
export function readCursor(origin: Origin, cursor: string | undefined): readonly string[] | undefined {
  return cursor?.startsWith(`${origin}:`) ? cursor.slice(origin.length + 1).split(':') : undefined
}

/** A number that we wrote; 0, where the listing begins, for anything else. */
export function numberOf(part: string | undefined): number {
  const number = /^\d{1,15}$/.test(part ?? '') ? Number(part) : 0
  return Number.isSafeInteger(number) ? number : 0
}
