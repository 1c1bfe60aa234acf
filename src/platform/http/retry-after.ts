const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const date = /^[a-z]{3,9},? (\d{1,2})[ -]([a-z]{3})[ -](\d{4}) (\d{2}):(\d{2}):(\d{2}) gmt$/i

/**
 * When a server wants to be asked again (RFC 9110, 10.2.3): seconds, or a date.
 *
 * @param now milliseconds since the epoch
 * @returns milliseconds since the epoch, at least `now`; undefined for an absent or unreadable header
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return now + Number(text) * 1000
  const match = date.exec(text)
  if (!match) return undefined
  const [, day, month = '', year, hour, minute, second] = match
  const index = months.indexOf(month.toLowerCase())
  if (index < 0) return undefined
  const at = Date.UTC(Number(year), index, Number(day), Number(hour), Number(minute), Number(second))
  return Math.max(at, now)
}
