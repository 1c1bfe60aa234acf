import { createHash } from 'node:crypto'

/** An entry as it is stored; `at` in milliseconds since the epoch. */
export interface ChainedEntry {
  readonly orgId: string
  readonly at: number
  readonly actor: { readonly kind: string; readonly id: string; readonly name: string }
  readonly action: string
  readonly target: { readonly kind: string; readonly id: string } | null
  readonly detail: Readonly<Record<string, unknown>>
  readonly address: string | null
}

/** A value with the keys of its objects in order: the database keeps JSON, not the order of its keys. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1))
  return entries.map(([key, each]) => [key, ordered(each)])
}

/** SHA-256 over the entry and the hash before it: no entry can be changed, moved or left out without breaking the rest. */
export function entryHash(previous: Uint8Array | null, entry: ChainedEntry): Buffer {
  const { orgId, at, actor, action, target, detail, address } = entry
  const fields = [
    ['portolan audit v1', previous === null ? null : Buffer.from(previous).toString('hex'), orgId, at],
    [actor.kind, actor.id, actor.name, action],
    [target?.kind ?? null, target?.id ?? null, ordered(detail), address],
  ]
  return createHash('sha256').update(JSON.stringify(fields)).digest()
}
