import { type PublishedApi, publishedApi } from './published-api.ts'

type Json = Record<string, unknown>

/** A method of a discovery document, as far as it is used here. */
interface Method {
  readonly httpMethod: string
  readonly flatPath: string
  readonly parameters?: Readonly<Record<string, { readonly location: string }>>
  readonly response?: unknown
}

/** An excerpt of a discovery document, its methods by their id (Google API Discovery Service, "Document structure"). */
export interface DiscoveryDocument {
  readonly rootUrl: string
  /** Of every method. */
  readonly parameters: Readonly<Record<string, unknown>>
  readonly methods: Readonly<Record<string, Method>>
  readonly schemas: Json
}

export interface PublishedDiscovery extends PublishedApi {
  /** What is wrong with a request; undefined when it is one of the described. @param line as in `GET https://api.example.com/v1/x?y=1` */
  requestProblem(line: string): string | undefined
}

/** Google's own descriptions of its APIs. Paths are named as `flatPath` writes them. */
export function publishedDiscovery(document: DiscoveryDocument): PublishedDiscovery {
  const methods = Object.values(document.methods)
  const paths: Record<string, Json> = {}
  for (const { flatPath, httpMethod, response } of methods) {
    const answer = { responses: { 200: { schema: response } } }
    paths[flatPath] = { ...paths[flatPath], [httpMethod.toLowerCase()]: answer }
  }
  return {
    ...publishedApi(jsonSchema({ paths, schemas: document.schemas })),
    requestProblem(line) {
      const [verb = '', address = ''] = line.split(' ')
      const url = new URL(address)
      const method = methods.find(
        ({ httpMethod, flatPath }) =>
          httpMethod === verb &&
          matches(flatPath, address.slice(document.rootUrl.length).split('?')[0] ?? ''),
      )
      if (method === undefined) return `not described: ${line}`
      const known = { ...document.parameters, ...method.parameters }
      const unknown = [...url.searchParams.keys()].filter((name) => !(name in known))
      return unknown.length === 0 ? undefined : `unknown parameters ${unknown.join()}: ${line}`
    },
  }
}

function matches(flatPath: string, path: string): boolean {
  const pattern = flatPath.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')
  return new RegExp(`^${pattern}$`).test(path)
}

const formats: Readonly<Record<string, Json>> = {
  'google-datetime': { type: 'string', format: 'date-time' },
  // 64 bits are text in JSON.
  int64: { type: 'string', pattern: '^-?\\d+$' },
  'google-duration': { type: 'string', pattern: '^\\d+(\\.\\d+)?s$' },
}

/** A discovery document's kind of JSON Schema (draft 3, with references by name) as today's. */
function jsonSchema(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(jsonSchema)
  if (typeof node !== 'object' || node === null) return node
  const { $ref, format, ...rest } = node as Json
  if (typeof $ref === 'string') return { $ref: `api#/schemas/${$ref}` }
  const copy: Json = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, jsonSchema(value)]))
  if (copy['type'] === 'any') delete copy['type']
  // The name of a schema; a property of that name is an object.
  if (typeof copy['id'] === 'string') delete copy['id']
  const isName = typeof format === 'object'
  if (isName) copy['format'] = jsonSchema(format)
  return { ...copy, ...(typeof format === 'string' ? formats[format] : {}) }
}
