interface RpmVersion {
  readonly epoch: number
  readonly version: string
  readonly release: string
}

/** `[epoch:]version[-release]`; an epoch that is no number counts as none. Every text is a version. */
export function parseRpmVersion(text: string): RpmVersion {
  const colon = text.indexOf(':')
  const epoch = colon === -1 ? '' : text.slice(0, colon).trimStart()
  const rest = text.slice(colon + 1)
  const dash = rest.indexOf('-')
  return {
    epoch: /^[+-]?\d+$/.test(epoch) ? Number(epoch) : 0,
    version: dash === -1 ? rest : rest.slice(0, dash),
    release: dash === -1 ? '' : rest.slice(dash + 1),
  }
}

/** rpm's order. */
export function compareRpmVersions(left: string, right: string): number {
  const a = parseRpmVersion(left)
  const b = parseRpmVersion(right)
  return a.epoch - b.epoch || compareSegments(a.version, b.version) || compareSegments(a.release, b.release)
}

const segments = /[a-zA-Z]+|[0-9]+|~/g

function compareSegments(left: string, right: string): number {
  if (left === right) return 0
  const a = left.match(segments) ?? []
  const b = right.match(segments) ?? []
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const order = compareSegment(a[index], b[index])
    if (order !== 0) return order
  }
  return 0
}

/** `~` before the end, the end before all else, letters before digits. */
function compareSegment(left: string | undefined, right: string | undefined): number {
  const order = rank(left) - rank(right)
  if (order !== 0 || left === undefined || right === undefined) return order
  if (rank(left) === 3) return compareDigits(left, right)
  return left < right ? -1 : left > right ? 1 : 0
}

function rank(segment: string | undefined): number {
  if (segment === undefined) return 1
  if (segment === '~') return 0
  return /^\d/.test(segment) ? 3 : 2
}

/** As numbers of any length. */
function compareDigits(left: string, right: string): number {
  const a = left.replace(/^0+/, '')
  const b = right.replace(/^0+/, '')
  if (a.length !== b.length) return a.length - b.length
  if (a === b) return 0
  return a < b ? -1 : 1
}
