interface Sized {
  readonly width: number
  readonly grow?: number
  readonly hideBelow?: number
}

/**
 * Widths of the columns that fit: those with `hideBelow` leave where the table is narrower, the room that is left over goes to
 * the growing ones by their share. `available` 0: not measured yet, every column has its least width.
 */
export function layoutColumns<C extends Sized>(
  columns: readonly C[],
  available: number,
): (C & { pixels: number })[] {
  const shown = columns.filter((column) => available === 0 || available >= (column.hideBelow ?? 0))
  const spare = Math.max(0, available - shown.reduce((sum, column) => sum + column.width, 0))
  const shares = shown.reduce((sum, column) => sum + (column.grow ?? 0), 0)
  return shown.map((column) => ({
    ...column,
    pixels: column.width + (shares === 0 ? 0 : Math.floor((spare * (column.grow ?? 0)) / shares)),
  }))
}
