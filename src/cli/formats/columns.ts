/** A cell's text, already safe for a terminal, and how it is coloured. */
export interface Cell {
  readonly text: string
  readonly paint?: (text: string) => string
}

export interface Column {
  readonly title: string
  /** Narrowest that still tells something. */
  readonly minimum: number
  /** Where the text is cut when it does not fit; `never`: the column is never narrowed. */
  readonly cut: 'end' | 'start' | 'never'
}

const gap = 2

/**
 * Lines of a table: columns as wide as their content; where `width` is less than all of them, the widest are narrowed.
 * @param width of the terminal; undefined: as wide as it takes
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number | undefined,
  paintTitle: (text: string) => string,
): string[] {
  const titles = columns.map((column): Cell => ({ text: column.title, paint: paintTitle }))
  const widths = fit(columns, [titles, ...rows], width)
  return [titles, ...rows].map((row) =>
    row
      .map((cell, index) => layOut(cell, columns[index]?.cut ?? 'end', widths[index] ?? 0))
      .join(' '.repeat(gap))
      .trimEnd(),
  )
}

function fit(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number | undefined,
): number[] {
  const widths = columns.map((_, index) =>
    rows.reduce((widest, row) => Math.max(widest, row[index]?.text.length ?? 0), 0),
  )
  if (width === undefined) return widths
  let excess = widths.reduce((sum, each) => sum + each + gap, -gap) - width
  while (excess > 0) {
    const room = columns.map(({ cut, minimum }, index) =>
      cut === 'never' ? 0 : (widths[index] ?? 0) - minimum,
    )
    const widest = room.indexOf(Math.max(...room))
    if ((room[widest] ?? 0) <= 0) break
    widths[widest] = (widths[widest] ?? 0) - 1
    excess -= 1
  }
  return widths
}

function layOut({ text, paint }: Cell, cut: Column['cut'], width: number): string {
  const shown = text.length <= width ? text : shorten(text, cut, width)
  return (paint?.(shown) ?? shown) + ' '.repeat(Math.max(0, width - shown.length))
}

function shorten(text: string, cut: Column['cut'], width: number): string {
  if (cut === 'start') return `…${text.slice(text.length - width + 1)}`
  return `${text.slice(0, width - 1)}…`
}
