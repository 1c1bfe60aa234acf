/** Text inside a table or a line: nothing in it becomes markup. */
export function inline(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('|', '\\|').replace(/\s+/g, ' ').trim()
}

export function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}

/** A table; none without rows. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(header), `|${'---|'.repeat(header.length)}`, ...rows.map(line)].join('\n')
}

/** What stands between the markers of a page, replaced; undefined: the page has no such markers. */
export function fill(page: string, name: string, content: string): string | undefined {
  const start = `<!-- generated:${name} -->`
  const end = '<!-- /generated -->'
  const from = page.indexOf(start)
  const to = page.indexOf(end, from)
  if (from < 0 || to < 0) return undefined
  return `${page.slice(0, from + start.length)}\n\n${content}\n\n${page.slice(to)}`
}
