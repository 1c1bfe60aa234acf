const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const absolute = new Intl.DateTimeFormat('en', {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
})
const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const whole = new Intl.NumberFormat('en')

/** "5 hours ago", "in 3 days", "just now". */
export function relativeTime(time: string, now: number): string {
  const distance = Date.parse(time) - now
  const size = Math.abs(distance)
  // The pages' clock moves every half minute: what is less than that ahead has just been.
  if (size < MINUTE) return distance > MINUTE / 2 ? 'in a moment' : 'just now'
  if (size < HOUR) return relative.format(Math.trunc(distance / MINUTE), 'minute')
  if (size < DAY) return relative.format(Math.trunc(distance / HOUR), 'hour')
  if (size < 60 * DAY) return relative.format(Math.trunc(distance / DAY), 'day')
  if (size < 730 * DAY) return relative.format(Math.trunc(distance / (30 * DAY)), 'month')
  return relative.format(Math.trunc(distance / (365 * DAY)), 'year')
}

/** "Mar 4, 2026, 14:05 UTC", in the reader's zone. */
export function absoluteTime(time: string): string {
  return absolute.format(Date.parse(time))
}

/** "14:05", in the reader's zone. */
export function clockTime(time: number): string {
  return clock.format(time)
}

/** A message of the server with the moments in it, which it names as ISO 8601 says, in the reader's zone. */
export function withTimes(message: string): string {
  return message.replace(/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (time) =>
    Number.isNaN(Date.parse(time)) ? time : absoluteTime(time),
  )
}

/** "5 h", "2 d": the age alone, for where there is little room. */
export function shortAge(time: string, now: number): string {
  const size = Math.max(0, now - Date.parse(time))
  if (size < HOUR) return `${Math.floor(size / MINUTE)} min`
  if (size < 2 * DAY) return `${Math.floor(size / HOUR)} h`
  return `${Math.floor(size / DAY)} days`
}

/** Binary units: "34.1 MiB". */
export function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = count
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ''}`
}

export function number(count: number): string {
  return whole.format(count)
}

/** "174", "1.2k", "14k", "3.5M": where there is little room. Never more than there is, so that nothing below reads as 1,000. */
export function compact(count: number): string {
  if (count < 1_000) return String(count)
  const [unit, sign] = count < 1_000_000 ? [1_000, 'k'] : [1_000_000, 'M']
  const units = Math.floor((count * 10) / unit) / 10
  return `${units < 10 ? units : Math.floor(units)}${sign}`
}

/** A reason that goes on after "because", as a sentence of its own. */
export function sentence(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`
}

/** "1 image", "12 images". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${number(count)} ${count === 1 ? noun : plural}`
}

/** The first 12 hex digits of a digest. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12)
}

/** "daily", "every 6 hours", "manual". */
export function scanInterval(hours: number | null): string {
  if (hours === null) return 'Manual'
  if (hours === 24) return 'Daily'
  if (hours === 168) return 'Weekly'
  if (hours % 24 === 0) return `Every ${hours / 24} days`
  return hours === 1 ? 'Hourly' : `Every ${hours} hours`
}

/** An address that is safe to link: http or https alone; what a feed or registry says may be anything. */
export function safeLink(text: string): URL | null {
  const url = URL.parse(text)
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url : null
}

/** The `total` of a page as a number; null for none and for "10,000+". */
export function exactTotal(total: string | null): number | null {
  if (total === null || total.endsWith('+')) return null
  const count = Number(total.replaceAll(',', ''))
  return Number.isFinite(count) ? count : null
}

/** "1 image", "12 images", "10,000+ images": the `total` of a page with what it counts. */
export function totalWords(total: string, noun: string): string {
  const exact = exactTotal(total)
  return exact === null ? `${total} ${noun}s` : counted(exact, noun)
}

/** "150 of 5,000 images", "12 images", "150 of 10,000+ images", "150 images so far". */
export function loadedOf(loaded: number, total: string | null, hasMore: boolean, noun: string): string {
  const exact = exactTotal(total)
  if (exact !== null && loaded >= exact) return counted(loaded, noun)
  if (exact !== null) return `${number(loaded)} of ${counted(exact, noun)}`
  if (total !== null) return `${number(loaded)} of ${total} ${noun}s`
  return `${counted(loaded, noun)}${hasMore ? ' so far' : ''}`
}
