import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipFile {
  readonly name: string
  readonly content: Uint8Array | string
  /** Stored as it is; packed unless stated. */
  readonly stored?: boolean
  /** Sizes and checksum behind the content, as streaming writers do. */
  readonly descriptor?: boolean
  /** Laid over what the directory says, right or wrong. */
  readonly said?: Partial<ZipHeader>
}

export interface ZipHeader {
  readonly method: number
  readonly crc32: number
  readonly compressedSize: number
  readonly size: number
  readonly offset: number
  readonly extra: Uint8Array
}

export interface ZipOptions {
  /** Data in front of the archive, which its offsets do not count. */
  readonly prefix?: Uint8Array | string
  readonly comment?: string
  /** The number of entries in the end of the directory, right or wrong. */
  readonly count?: number
  /** With a zip64 end of directory (PKWARE APPNOTE 4.3.14). */
  readonly zip64?: boolean
}

/** A zip archive, small and as simple as its readers' tests need: byte for byte the same on any day. */
export function writeZip(files: readonly ZipFile[], options: ZipOptions = {}): Buffer {
  const bodies: Buffer[] = []
  const headers: Buffer[] = []
  let offset = 0
  for (const file of files) {
    const { local, central } = entryOf(file, offset)
    bodies.push(local)
    headers.push(central)
    offset += local.length
  }
  const directory = Buffer.concat(headers)
  const end = endOf(files.length, directory.length, offset, options)
  return Buffer.concat([Buffer.from(options.prefix ?? ''), ...bodies, directory, end])
}

function entryOf(file: ZipFile, offset: number): { local: Buffer; central: Buffer } {
  const content = Buffer.from(file.content)
  const packed = file.stored === true ? content : deflateRawSync(content)
  const name = Buffer.from(file.name)
  const header: ZipHeader = {
    method: file.stored === true ? 0 : 8,
    crc32: crc32(content),
    compressedSize: packed.length,
    size: content.length,
    offset,
    extra: Buffer.alloc(0),
    ...file.said,
  }
  const flags = file.descriptor === true ? 8 : 0
  const local = Buffer.alloc(30)
  local.writeUInt32LE(0x04034b50)
  local.writeUInt16LE(20, 4)
  local.writeUInt16LE(flags, 6)
  local.writeUInt16LE(header.method, 8)
  local.writeUInt16LE(name.length, 26)
  const descriptor = Buffer.alloc(file.descriptor === true ? 16 : 0)
  if (file.descriptor === true) {
    descriptor.writeUInt32LE(0x08074b50)
    descriptor.writeUInt32LE(header.crc32, 4)
    descriptor.writeUInt32LE(packed.length, 8)
    descriptor.writeUInt32LE(content.length, 12)
  } else {
    local.writeUInt32LE(header.crc32, 14)
    local.writeUInt32LE(packed.length, 18)
    local.writeUInt32LE(content.length, 22)
  }
  return {
    local: Buffer.concat([local, name, packed, descriptor]),
    central: Buffer.concat([centralOf(header, flags, name), name, header.extra]),
  }
}

function centralOf(header: ZipHeader, flags: number, name: Buffer): Buffer {
  const central = Buffer.alloc(46)
  central.writeUInt32LE(0x02014b50)
  central.writeUInt16LE(20, 4)
  central.writeUInt16LE(20, 6)
  central.writeUInt16LE(flags, 8)
  central.writeUInt16LE(header.method, 10)
  central.writeUInt32LE(header.crc32, 16)
  central.writeUInt32LE(header.compressedSize, 20)
  central.writeUInt32LE(header.size, 24)
  central.writeUInt16LE(name.length, 28)
  central.writeUInt16LE(header.extra.length, 30)
  central.writeUInt32LE(header.offset, 42)
  return central
}

function endOf(entries: number, size: number, offset: number, options: ZipOptions): Buffer {
  const { zip64 = false, comment = '', count = entries } = options
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50)
  end.writeUInt16LE(zip64 ? 0xffff : count & 0xffff, 8)
  end.writeUInt16LE(zip64 ? 0xffff : count & 0xffff, 10)
  end.writeUInt32LE(zip64 ? 0xffffffff : size, 12)
  end.writeUInt32LE(zip64 ? 0xffffffff : offset, 16)
  end.writeUInt16LE(Buffer.byteLength(comment), 20)
  const tail = Buffer.concat([end, Buffer.from(comment)])
  return zip64 ? Buffer.concat([end64Of(count, size, offset), tail]) : tail
}

function end64Of(count: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(56 + 20)
  end.writeUInt32LE(0x06064b50)
  end.writeBigUInt64LE(44n, 4)
  end.writeBigUInt64LE(BigInt(count), 24)
  end.writeBigUInt64LE(BigInt(count), 32)
  end.writeBigUInt64LE(BigInt(size), 40)
  end.writeBigUInt64LE(BigInt(offset), 48)
  end.writeUInt32LE(0x07064b50, 56)
  end.writeBigUInt64LE(BigInt(offset + size), 64)
  end.writeUInt32LE(1, 72)
  return end
}
