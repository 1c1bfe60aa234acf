/** One entry of a tar archive. Paths are written as given: hostile ones too. */
export interface TarEntry {
  readonly path: string
  readonly type?: 'file' | 'directory' | 'symlink' | 'hardlink' | 'character-device' | 'fifo'
  readonly content?: string | Uint8Array
  /** Where a link leads. */
  readonly target?: string
  readonly mode?: number
  /** The size that the header claims, where it is not the content's. */
  readonly claimedSize?: number
}

const BLOCK = 512
const TYPE_FLAGS = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  'character-device': '3',
  directory: '5',
  fifo: '6',
} as const
const encoder = new TextEncoder()

/** A POSIX tar (ustar; pax records where a name does not fit in 100 bytes), equal bytes for equal entries. */
export function writeTar(entries: Iterable<TarEntry>): Uint8Array {
  const chunks: Uint8Array[] = []
  for (const entry of entries) {
    const content = bytesOf(entry.content ?? '')
    const pax = paxRecords(entry)
    if (pax !== '') chunks.push(...block('x', { path: 'pax', content: pax }, bytesOf(pax)))
    chunks.push(...block(TYPE_FLAGS[entry.type ?? 'file'], entry, content))
  }
  chunks.push(new Uint8Array(2 * BLOCK))
  return concatBytes(chunks)
}

export function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? encoder.encode(content) : content
}

export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}

function block(flag: string, entry: TarEntry, content: Uint8Array): Uint8Array[] {
  const header = new Uint8Array(BLOCK)
  const write = (offset: number, length: number, text: string): void =>
    header.set(encoder.encode(text).subarray(0, length), offset)
  const octal = (offset: number, length: number, value: number): void =>
    write(offset, length, `${value.toString(8).padStart(length - 1, '0')}\0`)

  write(0, 100, entry.path)
  octal(100, 8, entry.mode ?? (entry.type === 'directory' ? 0o755 : 0o644))
  octal(108, 8, 0)
  octal(116, 8, 0)
  octal(124, 12, entry.claimedSize ?? content.length)
  octal(136, 12, 0)
  write(148, 8, ' '.repeat(8))
  write(156, 1, flag)
  write(157, 100, entry.target ?? '')
  write(257, 8, 'ustar\x0000')
  const checksum = header.reduce((sum, byte) => sum + byte, 0)
  write(148, 8, `${checksum.toString(8).padStart(6, '0')}\0 `)

  return [header, content, new Uint8Array((BLOCK - (content.length % BLOCK)) % BLOCK)]
}

/** pax, "Extended Header": `length key=value\n`, the length counting itself. */
function paxRecords(entry: TarEntry): string {
  const records: string[] = []
  if (encoder.encode(entry.path).length > 100) records.push(paxRecord('path', entry.path))
  if (encoder.encode(entry.target ?? '').length > 100) records.push(paxRecord('linkpath', entry.target ?? ''))
  return records.join('')
}

function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  const restLength = encoder.encode(rest).length
  let length = restLength + 1
  while (String(length).length + restLength !== length) length = String(length).length + restLength
  return `${length}${rest}`
}
