import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Undoes UPX for a static ELF of 64 bits whose blocks are LZMA without a filter, which is how the Trivy of the comparison is packed:
 * it would spend more time on unpacking itself than on an image. Behind "UPX!" stand the plain program's size, then blocks, each
 * with its plain and packed length and its method: the ELF header, then one for each loadable segment (UPX, src/conf.h, p_info,
 * b_info; src/stub/src/include/linux.h). Gaps between the segments are nothing that is loaded.
 */
const script = `
import lzma, struct, sys
packed = open(sys.argv[1], 'rb').read()
at = packed.index(b'UPX!') + 12
size, = struct.unpack_from('<I', packed, at)
at += 8
blocks = []
while True:
    plain, length, method, filtered = struct.unpack_from('<IIBB', packed, at)
    if plain == 0: break
    if (method, filtered) != (14, 0): sys.exit('packed in another way')
    properties, order = packed[at + 12], packed[at + 13]
    lzma1 = {'id': lzma.FILTER_LZMA1, 'lc': order & 15, 'lp': order >> 4, 'pb': properties & 7, 'dict_size': 1 << 28}
    block = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[lzma1])
    blocks.append(block.decompress(packed[at + 14:at + 12 + length], max_length=plain))
    if len(blocks[-1]) != plain: sys.exit('a block ends early')
    at += 12 + length
header = blocks[0]
table, = struct.unpack_from('<Q', header, 32)
count, = struct.unpack_from('<H', header, 56)
entries = [struct.unpack_from('<IIQ', header, table + 56 * index) for index in range(count)]
offsets = [offset for kind, _, offset in entries if kind == 1]
if len(offsets) != len(blocks) - 1: sys.exit('other segments than blocks')
with open(sys.argv[2], 'wb') as out:
    out.truncate(size)
    out.write(header)
    for offset, block in zip(offsets, blocks[1:]):
        out.seek(offset or len(header))
        out.write(block)
`

/** @returns the path of the same program as it was before UPX packed it; made once and kept in the folder */
export function unpacked(program: string, folder: string): string {
  const path = join(folder, 'trivy')
  if (existsSync(path)) return path
  const done = spawnSync('python3', ['-c', script, program, `${path}.new`], { encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`could not unpack ${program}: ${done.stderr}`)
  chmodSync(`${path}.new`, 0o755)
  if (versionOf(`${path}.new`) !== versionOf(program)) throw new Error('the unpacked Trivy does not start')
  renameSync(`${path}.new`, path)
  return path
}

function versionOf(program: string): string {
  const done = spawnSync(program, ['--version'], { encoding: 'utf8' })
  return `${done.status} ${done.stdout}`
}
