/**
 * The physical limit of reading an image: pull, sha256 of the compressed bytes, gunzip by node:zlib, sha256 of the unpacked
 * bytes, layers side by side. Nothing is parsed, nothing is kept.
 *   node bench/floor.ts URL_OF_REPOSITORY TAG
 */
import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { Readable, Writable } from 'node:stream'
import { createGunzip } from 'node:zlib'

const [base = '', tag = ''] = process.argv.slice(2)
const accept =
  'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json'
const response = await fetch(`${base}/manifests/${tag}`, { headers: { accept } })
const manifest = (await response.json()) as { layers: { digest: string }[] }

async function read(digest: string): Promise<void> {
  const blob = await fetch(`${base}/blobs/${digest}`)
  if (blob.body === null) throw new Error('no body')
  const compressed = createHash('sha256')
  const unpacked = createHash('sha256')
  const source = Readable.fromWeb(blob.body)
  source.on('data', (chunk: Uint8Array) => compressed.update(chunk))
  const sink = new Writable({
    highWaterMark: 1 << 20,
    write(chunk: Uint8Array, _encoding, done) {
      unpacked.update(chunk)
      done()
    },
  })
  await pipeline(source, createGunzip({ chunkSize: 256 * 1024 }), sink)
  if (`sha256:${compressed.digest('hex')}` !== digest) throw new Error('digest')
  unpacked.digest()
}

await Promise.all(manifest.layers.map((layer) => read(layer.digest)))
