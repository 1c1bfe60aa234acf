/** A JSON object that nobody has checked. */
export type Json = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The text, or '' for anything else. Cut at `limit` characters. */
export function textOf(value: unknown, limit = 4096): string {
  return typeof value === 'string' ? value.slice(0, limit) : ''
}

/** The objects of a list; anything else in it is passed over. */
export function objectsOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** The texts of a list; anything else in it is passed over. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []
}
