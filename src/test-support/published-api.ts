import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'

type Json = Record<string, unknown>

/** A vendor's own description of its API, as OpenAPI 2 or 3: what fakes must answer as. */
export interface PublishedApi {
  /**
   * What is wrong with an answer; empty when it is as described. A property that the description does not have is wrong too,
   * so that a fake does not invent what a client then reads.
   *
   * @param path as the description writes it, `/v2/namespaces/{namespace}/repositories`
   * @throws Error when the description has no such answer
   */
  problems(method: string, path: string, status: number, body: unknown): readonly string[]
}

/** @param document parsed JSON or an excerpt of it, with `paths` and what they refer to */
export function publishedApi(document: unknown): PublishedApi {
  const root = strict(document) as Json
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true })
  addFormats.default(ajv)
  ajv.addSchema({ ...root, $id: 'api' })
  const validators = new Map<string, ValidateFunction>()
  return {
    problems(method, path, status, body) {
      const key = `${method} ${path} ${status}`
      const pointer = pointerOf(root, method.toLowerCase(), path, status)
      const validate = validators.get(key) ?? ajv.compile({ $ref: `api#${pointer}` })
      validators.set(key, validate)
      if (validate(body)) return []
      return (validate.errors ?? []).map(
        ({ instancePath, message, params }) => `${key}: ${instancePath} ${message} ${JSON.stringify(params)}`,
      )
    },
  }
}

/** Where the schema of an answer stands in the description. */
function pointerOf(root: Json, method: string, path: string, status: number): string {
  const segments = ['paths', path, method, 'responses', String(status)]
  const answer = at(root, segments)
  if (answer === undefined) throw new Error(`not described: ${method} ${path} ${status}`)
  const referred = answer['$ref']
  const base = typeof referred === 'string' ? referred.slice(1) : pointer(segments)
  const target = typeof referred === 'string' ? at(root, segmentsOf(referred)) : answer
  if (target?.['schema'] !== undefined) return `${base}/schema`
  const types = Object.keys((target?.['content'] ?? {}) as Json)
  const type = types.find((each) => each.includes('json')) ?? types[0]
  if (type === undefined) throw new Error(`no body described: ${method} ${path} ${status}`)
  return `${base}${pointer(['content', type, 'schema'])}`
}

function pointer(segments: readonly string[]): string {
  return segments
    .map((segment) => `/${encodeURIComponent(segment.replaceAll('~', '~0').replaceAll('/', '~1'))}`)
    .join('')
}

function segmentsOf(reference: string): string[] {
  return reference
    .slice(2)
    .split('/')
    .map((segment) => decodeURIComponent(segment).replaceAll('~1', '/').replaceAll('~0', '~'))
}

function at(root: Json, segments: readonly string[]): Json | undefined {
  let node: unknown = root
  for (const segment of segments) node = (node as Json | undefined)?.[segment]
  return node as Json | undefined
}

/** As JSON Schema: what may be null, and no property that is not described (where nothing is combined). */
function strict(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(strict)
  if (typeof node !== 'object' || node === null) return node
  const copy: Json = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, strict(value)]))
  delete copy['example']
  delete copy['examples']
  const combined = ['allOf', 'oneOf', 'anyOf'].some((word) => word in copy)
  if (isSchemaOfObject(copy) && !combined && copy['additionalProperties'] === undefined) {
    copy['additionalProperties'] = false
  }
  const nullable = copy['nullable'] === true || copy['x-nullable'] === true
  if (!nullable) return copy
  delete copy['nullable']
  delete copy['x-nullable']
  return { anyOf: [copy, { type: 'null' }] }
}

function isSchemaOfObject(node: Json): boolean {
  return (
    typeof node['properties'] === 'object' &&
    (node['type'] === 'object' || node['type'] === undefined) &&
    !('in' in node)
  )
}
