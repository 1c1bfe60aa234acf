import { textOf } from '../sbom/index.ts'

export { isObject, type Json, objectsOf, textOf, textsOf } from '../sbom/index.ts'

/** RFC 3339 as milliseconds since the epoch; null for anything else. */
export function timeOf(value: unknown): number | null {
  const time = Date.parse(textOf(value, 100))
  return Number.isNaN(time) ? null : time
}
