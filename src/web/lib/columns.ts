interface Sized {
  readonly width: number
  readonly grow?: number
  readonly leaves?: number
}

const widthOf = (columns: readonly Sized[]): number => columns.reduce((sum, column) => sum + column.width, 0)

/**
 * Widths of the columns that fit: as long as all together are too wide, the one with the lowest `leaves` goes; the room that is left
 * over goes to the growing ones by their share. `available` 0: not measured yet, every column has its least width.
 */
export function layoutColumns<C extends Sized>(
  columns: readonly C[],
  available: number,
): (C & { pixels: number })[] {
  const shown = fitting(columns, available)
  const spare = Math.max(0, available - widthOf(shown))
  const shares = shown.reduce((sum, column) => sum + (column.grow ?? 0), 0)
  return shown.map((column) => ({
    ...column,
    pixels: column.width + (shares === 0 ? 0 : Math.floor((spare * (column.grow ?? 0)) / shares)),
  }))
}

function fitting<C extends Sized>(columns: readonly C[], available: number): readonly C[] {
  if (available === 0 || widthOf(columns) <= available) return columns
  const first = Math.min(...columns.map(({ leaves = Number.POSITIVE_INFINITY }) => leaves))
  return first === Number.POSITIVE_INFINITY
    ? columns
    : fitting(
        columns.filter(({ leaves }) => leaves !== first),
        available,
      )
}
