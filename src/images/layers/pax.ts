import { TarError } from './tar-header.ts'

/** What an extended header changes of the entry that follows it. */
export interface PaxRecords {
  readonly path?: string
  readonly target?: string
  readonly size?: number
  /** Stored sparse (GNU tar manual, "Storing Sparse Files"): the body is not the file's content. */
  readonly sparse: boolean
}

const SPARSE = 'GNU.sparse.'

/**
 * Reads the records of a pax extended header: `LENGTH KEY=VALUE\n`, the length counting itself
 * (POSIX.1-2017, pax, "pax Extended Header"). An empty value takes nothing away: the header block speaks (Go's archive/tar).
 *
 * @throws TarError
 */
export function parsePax(body: Buffer): PaxRecords {
  let path: string | undefined
  let target: string | undefined
  let sparsePath: string | undefined
  let size: number | undefined
  let sparse = false
  for (const [key, value] of records(body)) {
    if (key === 'path' && value !== '') path = withoutNul(value)
    else if (key === 'linkpath' && value !== '') target = withoutNul(value)
    else if (key === 'size' && value !== '') size = decimal(value)
    else if (key.startsWith(SPARSE)) {
      sparse = true
      if (key === `${SPARSE}name`) sparsePath = withoutNul(value)
    }
  }
  const name = sparsePath ?? path
  return {
    sparse,
    ...(name === undefined ? {} : { path: name }),
    ...(target === undefined ? {} : { target }),
    ...(size === undefined ? {} : { size }),
  }
}

function* records(body: Buffer): Generator<readonly [key: string, value: string]> {
  let start = 0
  while (start < body.length) {
    const space = body.indexOf(0x20, start)
    if (space < 0 || space - start > 7) throw invalid()
    const end = start + decimal(body.toString('latin1', start, space))
    if (end <= space + 1 || end > body.length || body[end - 1] !== 0x0a) throw invalid()
    const equals = body.indexOf(0x3d, space)
    if (equals <= space + 1 || equals >= end) throw invalid()
    yield [body.toString('utf8', space + 1, equals), body.toString('utf8', equals + 1, end - 1)]
    start = end
  }
}

function decimal(text: string): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(value)) throw invalid()
  return value
}

function withoutNul(text: string): string {
  if (text.includes('\0')) throw invalid()
  return text
}

function invalid(): TarError {
  return new TarError('an extended header is not valid')
}
