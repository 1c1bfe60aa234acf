import { compareDigits } from './integer.ts'

/** A version taken apart (deb-version(7)): `[epoch:]upstream[-revision]`. */
export interface DebVersion {
  readonly epoch: number
  readonly upstream: string
  readonly revision: string
}

/**
 * undefined for what is no version. As strict as Trivy's reader (knqyf263/go-deb-version): the upstream part starts with a
 * digit; `_` passes, which dpkg itself refuses.
 */
export function parseDebVersion(text: string): DebVersion | undefined {
  const [, epoch = '0', rest = ''] = /^(?:([^:]*):)?(.*)$/s.exec(text.trim()) ?? []
  const dash = rest.lastIndexOf('-')
  const upstream = dash === -1 ? rest : rest.slice(0, dash)
  const revision = dash === -1 ? '' : rest.slice(dash + 1)
  const valid = /^\d+$/.test(epoch) && /^\d[\w.+~:-]*$/.test(upstream) && /^[\w.+~]*$/.test(revision)
  return valid ? { epoch: Number(epoch), upstream, revision } : undefined
}

/** dpkg's order; undefined when one of the two is no version. */
export function compareDebVersions(left: string, right: string): number | undefined {
  const a = parseDebVersion(left)
  const b = parseDebVersion(right)
  if (a === undefined || b === undefined) return undefined
  return a.epoch - b.epoch || compareParts(a.upstream, b.upstream) || compareParts(a.revision, b.revision)
}

const runs = /(\D*)(\d*)/y

/** Alternating runs of other characters and of digits, from the left, until a pair differs. */
function compareParts(left: string, right: string): number {
  let leftAt = 0
  let rightAt = 0
  while (leftAt < left.length || rightAt < right.length) {
    const [leftRun, leftText = '', leftDigits = ''] = runAt(left, leftAt)
    const [rightRun, rightText = '', rightDigits = ''] = runAt(right, rightAt)
    const order = compareText(leftText, rightText) || compareDigits(leftDigits, rightDigits)
    if (order !== 0) return order
    leftAt += leftRun.length
    rightAt += rightRun.length
  }
  return 0
}

function runAt(text: string, start: number): RegExpExecArray | readonly [string] {
  runs.lastIndex = start
  return runs.exec(text) ?? ['']
}

function compareText(left: string, right: string): number {
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const order = weight(left, index) - weight(right, index)
    if (order !== 0) return order
  }
  return 0
}

/** `~` before the end, the end before letters, letters before all else. */
function weight(text: string, index: number): number {
  if (index >= text.length) return 0
  const code = text.charCodeAt(index)
  if (code === 0x7e) return -1
  return /[A-Za-z]/.test(text[index] ?? '') ? code : code + 256
}
