import type { Inventory } from '../../inventory/index.ts'

/** An inventory that says what of its image nobody here can read. */
export function withUnsupported(
  inventory: Inventory,
  { platform }: { readonly platform: { readonly os: string } },
): Inventory {
  if (platform.os !== 'windows') return inventory
  const note =
    'unsupported: no vulnerability data is there for Windows itself; only packages of languages were looked for.'
  return { ...inventory, notes: [note, ...inventory.notes] }
}
