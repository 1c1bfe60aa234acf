import { BoltFile } from '../bbolt/bolt-file.ts'
import type { Bucket, Entry } from '../bbolt/bucket.ts'
import { advisoriesPlace, contentHash, detailsPlace, productsPlace } from './places.ts'
import { type Signature, SignatureBuilder } from './signature.ts'

const nothing = Buffer.alloc(0)
const separator = Buffer.from([0])

/**
 * Signs a whole database in one walk over its file.
 *
 * @param path trivy.db
 * @throws AppError `database-corrupt` (invalid)
 */
export function signDatabase(path: string): Signature {
  const file = new BoltFile(path)
  try {
    const builder = new SignatureBuilder()
    const sources = file.root.bucket('data-source')
    for (const entry of file.root.entries()) {
      if (!entry.isBucket) continue
      const name = entry.key.toString('utf8')
      const bucket = file.root.bucketOf(entry)
      if (name === 'vulnerability') signDetails(builder, bucket)
      else if (name === 'Red Hat CPE') signProducts(builder, bucket)
      else if (name !== 'data-source')
        signSpace(builder, { name, bucket, source: sources?.get(name) ?? nothing })
    }
    return builder.build()
  } finally {
    file.close()
  }
}

interface Space {
  readonly name: string
  readonly bucket: Bucket
  /** Verdicts name the source: it is part of what stands at each place of the space. */
  readonly source: Buffer
}

function signSpace(builder: SignatureBuilder, { name, bucket, source }: Space): void {
  const seed = Buffer.concat([Buffer.from(name), separator, source, separator])
  for (const entry of bucket.entries()) {
    if (!entry.isBucket) continue
    const content = contentHash(Buffer.concat([seed, ...contentOf(bucket, entry)]))
    builder.add(advisoriesPlace(name, entry.key.toString('utf8')), content)
  }
}

/** An inline bucket as it stands: its form follows from its content. One with pages of its own by its entries, for page numbers change. */
function contentOf(parent: Bucket, entry: Entry): Buffer[] {
  const bucket = parent.bucketOf(entry)
  if (bucket.isInline) return [entry.value]
  return Array.from(bucket.entries()).flatMap(({ key, value }) => [lengths(key, value), key, value])
}

function lengths(key: Buffer, value: Buffer): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(key.length)
  bytes.writeUInt32LE(value.length, 4)
  return bytes
}

function signDetails(builder: SignatureBuilder, bucket: Bucket): void {
  for (const { key, value } of bucket.entries()) {
    builder.add(detailsPlace(key.toString('utf8')), contentHash(value))
  }
}

function signProducts(builder: SignatureBuilder, bucket: Bucket): void {
  for (const kind of ['repository', 'nvr']) {
    for (const { key, value } of bucket.bucket(kind)?.entries() ?? []) {
      builder.add(productsPlace(`${kind}/${key.toString('utf8')}`), contentHash(value))
    }
  }
}
