import { compareDigits } from '../index.ts'

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
    epoch: /^[+-]?\d{1,18}$/.test(epoch) ? Number(epoch) : 0,
    version: dash === -1 ? rest : rest.slice(0, dash),
    release: dash === -1 ? '' : rest.slice(dash + 1),
  }
}

/**
 * rpm's order (rpmio/rpmvercmp.c, rpm-version(7)): epochs, versions, releases. Trivy's reader (knqyf263/go-rpm-version) knows `^`
 * since August 2026; 0.44.1 passes it over.
 */
export function compareRpmVersions(left: string, right: string): number {
  const a = parseRpmVersion(left)
  const b = parseRpmVersion(right)
  return a.epoch - b.epoch || compareSegments(a.version, b.version) || compareSegments(a.release, b.release)
}

/** Everything else only parts them. */
const segments = /[a-zA-Z]+|[0-9]+|[~^]/g

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

function compareSegment(left: string | undefined, right: string | undefined): number {
  const order = rank(left) - rank(right)
  if (order !== 0 || left === undefined || right === undefined) return order
  if (rank(left) === NUMBER) return compareDigits(left, right)
  if (left === right) return 0
  return left < right ? -1 : 1
}

const NUMBER = 4

/** `~` before the end, the end before `^`, `^` before letters, letters before numbers. */
function rank(segment: string | undefined): number {
  if (segment === undefined) return 1
  if (segment === '~') return 0
  if (segment === '^') return 2
  return /^[0-9]/.test(segment) ? NUMBER : 3
}
