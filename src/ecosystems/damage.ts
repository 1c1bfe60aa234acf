import type { DamageFact } from '../indexing/index.ts'

/** What is noted of a package database with so many entries that cannot be read; nothing for a whole one. */
export function damageFacts(entries: number): DamageFact[] {
  if (entries === 0) return []
  const what = entries === 1 ? 'one of its entries is damaged' : `${entries} of its entries are damaged`
  return [{ kind: 'damage', what }]
}
