/** An object of a JSON text: names are data, so none of them may mean anything to JavaScript. */
export type JsonObject = ReadonlyMap<string, unknown>

/** undefined for what is no object. */
export function jsonObject(value: unknown): JsonObject | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? new Map(Object.entries(value)) : undefined
}

/** An object, or an empty one for a field that is missing or null. @throws TypeError for anything else */
export function jsonObjectField(object: JsonObject, name: string): JsonObject {
  const value = object.get(name) ?? undefined
  const found = value === undefined ? new Map<string, unknown>() : jsonObject(value)
  if (found === undefined) throw new TypeError(`"${name}" is not an object`)
  return found
}

/** A text, '' for a field that is missing or null. @throws TypeError for anything else */
export function jsonTextField(object: JsonObject, name: string): string {
  const value = object.get(name) ?? ''
  if (typeof value !== 'string') throw new TypeError(`"${name}" is not a string`)
  return value
}
