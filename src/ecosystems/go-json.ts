import { type JsonObject, jsonObject } from './json-fields.ts'

/**
 * The fields of a JSON object as Go's encoding/json decodes it into a struct, because Trivy does: names match in any case and are
 * given in lower case, null is as good as nothing, and what follows the first value does not count.
 * @param what names the file in errors
 * @returns null for the document `null`
 * @throws SyntaxError, TypeError when the first value is no object
 */
export function decodeGoObject(text: string, what: string): JsonObject | null {
  const parsed = parseFirstValue(text)
  if (parsed === null) return null
  const object = jsonObject(parsed)
  if (object === undefined) throw new TypeError(`${what} is not an object`)
  const fields = new Map<string, unknown>()
  for (const [key, value] of object) {
    if (value !== null) fields.set(key.toLowerCase(), value)
  }
  return fields
}

function parseFirstValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return JSON.parse(firstObject(text))
  }
}

/** The text up to the end of the first object; the whole text when it begins with anything else or has no end. */
function firstObject(text: string): string {
  const start = text.search(/\S/)
  if (text[start] !== '{') return text
  let depth = 0
  // A string without an end is one too: it must not be looked for again from each quote within it.
  const token = /"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)|[{}]/gs
  token.lastIndex = start
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[0] === '{') depth += 1
    else if (match[0] === '}') depth -= 1
    if (depth === 0) return text.slice(0, token.lastIndex)
  }
  return text
}
