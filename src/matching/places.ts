import { advisoriesPlace, lookupsOf, type Place, productsPlace } from '../advisories/index.ts'

interface Read {
  readonly space: string
  readonly lookup_key: string
  readonly cpe_context: string | null
}

/** The places of a vulnerability database that the verdict on a subject depends on: a change of any of them makes it stale. */
export function placesOf({ space, lookup_key: lookupKey, cpe_context: context }: Read): Place[] {
  const statements = lookupsOf(space, lookupKey).map((lookup) =>
    advisoriesPlace(lookup.space, lookup.lookupKey),
  )
  return [...new Set([...statements, ...productNames(context).map(productsPlace)])]
}

/** A CPE context is a JSON array of names (`Subject.cpeContext`); anything else names nothing. */
function productNames(context: string | null): string[] {
  try {
    const names: unknown = JSON.parse(context ?? '[]')
    return Array.isArray(names) ? names.filter((name): name is string => typeof name === 'string') : []
  } catch {
    return []
  }
}
