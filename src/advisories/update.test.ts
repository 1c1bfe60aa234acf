import { mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { AppError, digestHex } from '../core/index.ts'
import type { ImageSource } from '../images/index.ts'
import {
  artifactOf,
  type BuiltDatabase,
  buildVulnerabilityDatabase,
  writeTar,
} from '../test-support/vulnerability-database/index.ts'
import {
  databaseStatus,
  type FetchRequest,
  importDatabase,
  isUpdateDue,
  openCurrentDatabase,
  updateDatabase,
} from './index.ts'

const hour = 60 * 60 * 1000
const start = Date.parse('2026-03-01T00:00:00Z')

let dir: string
let now: number
const clock = { now: () => now }

beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'portolan-update-')), 'db')
  now = start
})

function build(
  title: string,
  updatedAt = '2026-03-01T00:00:00Z',
  nextUpdate = '2026-03-02T00:00:00Z',
): BuiltDatabase {
  return buildVulnerabilityDatabase({ details: [{ id: 'CVE-1', title }] }, { updatedAt, nextUpdate })
}

/** A repository in memory; `reads` counts the blobs that were asked for. */
function serve(artifact: BuiltDatabase['artifact'], reads = { blobs: 0 }): ImageSource {
  return {
    name: 'memory',
    manifest: async () => artifact.manifest,
    blob: async ({ digest }) => {
      reads.blobs += 1
      return Readable.from([artifact.blobs.get(digest) ?? Buffer.alloc(0)])
    },
  }
}

function request(source: ImageSource, extra: Partial<FetchRequest> = {}): FetchRequest {
  return { dir, references: ['registry.test/db'], source: async () => source, clock, ...extra }
}

function currentTitle(): string | undefined {
  const database = openCurrentDatabase(dir)
  const title = database.details('CVE-1')?.title
  database.close()
  return title
}

describe('updateDatabase', () => {
  it('fetches, keeps and opens a database', async () => {
    const built = build('first')
    const progress: number[] = []
    const result = await updateDatabase(
      request(serve(built.artifact), { onProgress: ({ bytesDone }) => progress.push(bytesDone) }),
    )
    expect(result).toMatchObject({
      outcome: 'updated',
      reference: 'registry.test/db:2',
      status: { digest: built.layerDigest, source: 'registry.test/db:2', stale: false, checkedAt: start },
    })
    expect(progress.at(-1)).toBe(built.layer.length)
    expect(currentTitle()).toBe('first')
    expect(openCurrentDatabase(dir).digest).toBe(built.layerDigest)
    expect(readdirSync(dir).toSorted()).toEqual([digestHex(built.layerDigest), 'current'])
  })

  it('reads nothing when the newest is there already, and notes that it looked', async () => {
    const reads = { blobs: 0 }
    const source = serve(build('first').artifact, reads)
    await updateDatabase(request(source))
    now += hour
    const again = await updateDatabase(request(source))
    expect(again).toMatchObject({ outcome: 'unchanged', status: { checkedAt: start + hour } })
    expect(reads.blobs).toBe(1)
    await updateDatabase(request(source, { force: true }))
    expect(reads.blobs).toBe(2)
  })

  it('keeps the newest two, and what is open stays readable', async () => {
    const opened = []
    for (const title of ['one', 'two', 'three', 'four']) {
      await updateDatabase(request(serve(build(title).artifact)))
      opened.push(openCurrentDatabase(dir))
      now += 1000 * 24 * hour
    }
    expect(opened.map((database) => database.details('CVE-1')?.title)).toEqual([
      'one',
      'two',
      'three',
      'four',
    ])
    expect(readdirSync(dir).filter((name) => /^[0-9a-f]{64}$/.test(name))).toHaveLength(2)
    expect(currentTitle()).toBe('four')
  })

  it('asks the next reference when one fails, and names what failed', async () => {
    const asked: string[] = []
    const source = async (reference: string): Promise<ImageSource> => {
      asked.push(reference)
      if (reference.startsWith('a.test')) throw failure('a is down.')
      return serve(build('b').artifact)
    }
    const result = await updateDatabase({
      dir,
      references: ['a.test/x', 'b.test/x:2', 'c.test/x'],
      source,
      clock,
    })
    expect(asked).toEqual(['a.test/x:2', 'b.test/x:2'])
    expect(result.failures).toMatchObject([{ reference: 'a.test/x', error: { code: 'down' } }])
  })

  it('names each cause when all fail, and keeps the last good one', async () => {
    await updateDatabase(request(serve(build('good').artifact)))
    const source = async (reference: string): Promise<ImageSource> => {
      throw failure(`${reference} is down.`)
    }
    await expect(
      updateDatabase({ dir, references: ['a.test/x', 'b.test/x'], source, clock }),
    ).rejects.toMatchObject({
      code: 'database-unavailable',
      kind: 'temporary',
      publicMessage: expect.stringMatching(/a\.test\/x: a\.test.*down.*b\.test\/x: b\.test.*down/),
    })
    expect(currentTitle()).toBe('good')
  })

  it('takes nothing that is not what the manifest names', async () => {
    await updateDatabase(request(serve(build('good').artifact)))
    const { layer } = build('evil')
    const flipped = Buffer.from(layer)
    flipped.writeUInt8((flipped[4] ?? 0) ^ 1, 4)
    const lies: Record<string, BuiltDatabase['artifact']> = {
      'database-digest-mismatch': { ...artifactOf(layer), blobs: serveInstead(layer, flipped) },
      'longer than its manifest': {
        ...artifactOf(layer),
        blobs: serveInstead(layer, Buffer.concat([layer, layer])),
      },
      'compression is broken': { ...artifactOf(layer), blobs: serveInstead(layer, layer.subarray(0, -9)) },
    }
    for (const [expected, artifact] of Object.entries(lies)) {
      const error = await updateDatabase(request(serve(artifact))).catch((caught: unknown) => caught)
      expect(`${causeCode(error)} ${(error as AppError).publicMessage}`).toContain(expected)
      expect(currentTitle()).toBe('good')
    }
    expect(readdirSync(dir)).toHaveLength(2)
  })

  it('unpacks hostile archives only as far as they are a database', async () => {
    const good = build('good')
    const metadata = Buffer.from(good.metadata)
    const outside = join(dir, '..', 'outside')
    const hostile: readonly (readonly [string, Uint8Array])[] = [
      ['holds no metadata.json', gzipSync(writeTar([['trivy.db', good.bolt]]))],
      [
        'holds no trivy.db',
        gzipSync(
          writeTar([
            ['metadata.json', metadata],
            [`../${'outside'}`, good.bolt],
          ]),
        ),
      ],
      [
        'holds no trivy.db',
        gzipSync(
          writeTar([
            ['metadata.json', metadata],
            [outside, good.bolt],
          ]),
        ),
      ],
      [
        'holds no trivy.db',
        gzipSync(
          writeTar([
            ['metadata.json', metadata],
            ['x/trivy.db', good.bolt],
          ]),
        ),
      ],
      ['cut short', gzipSync(writeTar([['trivy.db', good.bolt]]).subarray(0, 2000))],
      ['broken header', gzipSync(Buffer.alloc(2048, 'x'))],
      ['metadata.json is too large', gzipSync(writeTar([['metadata.json', Buffer.alloc(2 << 20)]]))],
      [
        'more than a vulnerability',
        gzipSync(writeTar(Array.from({ length: 100 }, (_, i) => [`f${i}`, metadata]))),
      ],
      ['compression is broken', Buffer.from('this is not gzip')],
      ['cut short', gzipSync(Buffer.alloc(0))],
      [
        'not a bbolt file',
        gzipSync(
          writeTar([
            ['trivy.db', Buffer.from('no')],
            ['metadata.json', metadata],
          ]),
        ),
      ],
    ]
    for (const [expected, layer] of hostile) {
      await expect(updateDatabase(request(serve(artifactOf(layer))))).rejects.toMatchObject({
        publicMessage: expect.stringContaining(expected),
      })
    }
    expect(readdirSync(dir)).toEqual([])
    expect(readdirSync(join(dir, '..'))).toEqual(['db'])
  })

  it('refuses what follows the compressed data', async () => {
    const trailing = Buffer.concat([build('good').layer, Buffer.alloc(3_000_000, 'x')])
    const error = await updateDatabase(request(serve(artifactOf(trailing)))).catch(
      (caught: unknown) => caught,
    )
    expect(causeCode(error)).toBe('database-layer-invalid')
    expect(readdirSync(dir)).toEqual([])
  })

  it('skips foreign entries beside the two', async () => {
    const { bolt, metadata } = build('good')
    const entries = [
      ['./README', Buffer.from('x')],
      ['./trivy.db', bolt],
      ['metadata.json', Buffer.from(metadata)],
    ] as const
    await updateDatabase(request(serve(artifactOf(gzipSync(writeTar(entries))))))
    expect(currentTitle()).toBe('good')
  })

  it('refuses artifacts that are something else', async () => {
    const { manifest, blobs } = build('good').artifact
    const parsed = JSON.parse(Buffer.from(manifest.bytes).toString()) as { layers: Record<string, unknown>[] }
    const [layer] = parsed.layers
    const manifests = [
      'no JSON',
      '{}',
      JSON.stringify({ layers: [] }),
      JSON.stringify({ layers: [layer, layer] }),
      JSON.stringify({
        layers: [null, { ...layer, mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' }],
      }),
      JSON.stringify({ layers: [{ ...layer, digest: 'sha512:00' }] }),
      JSON.stringify({ layers: [{ ...layer, size: -1 }] }),
      JSON.stringify({ layers: [{ ...layer, size: 1e15 }] }),
    ]
    for (const text of manifests) {
      const artifact = { manifest: { ...manifest, bytes: Buffer.from(text) }, blobs }
      const error = await updateDatabase(request(serve(artifact))).catch((caught: unknown) => caught)
      expect(causeCode(error)).toBe('database-artifact-invalid')
    }
  })

  it('stops when it is cancelled, and leaves nothing behind', async () => {
    const controller = new AbortController()
    const built = build('slow')
    const endless: ImageSource = {
      ...serve(built.artifact),
      blob: async () => {
        const layer = Readable.from(
          (async function* () {
            yield built.layer.subarray(0, 10)
            controller.abort()
            yield await new Promise<Buffer>(() => {})
          })(),
        )
        return layer
      },
    }
    await expect(updateDatabase(request(endless, { signal: controller.signal }))).rejects.toMatchObject({
      name: 'AbortError',
    })
    expect(readdirSync(dir)).toEqual([])
  })

  it('is safe when several do it at once', async () => {
    const sources = ['one', 'two', 'three'].map((title) => serve(build(title).artifact))
    const runs = Array.from({ length: 12 }, (_, index) =>
      updateDatabase(request(sources[index % 3] as ImageSource)),
    )
    await Promise.all(runs)
    expect(['one', 'two', 'three']).toContain(currentTitle())
    expect(readdirSync(dir).filter((name) => name.startsWith('.partial'))).toEqual([])
  })

  it('clears away what another process left half-made, a day later', async () => {
    await updateDatabase(request(serve(build('one').artifact)))
    const left = mkdtempSync(join(dir, '.partial-'))
    await updateDatabase(request(serve(build('two').artifact)))
    expect(readdirSync(dir)).toContain(left.slice(dir.length + 1))
    utimesSync(left, new Date(start - 25 * hour), new Date(start - 25 * hour))
    await updateDatabase(request(serve(build('three').artifact)))
    expect(readdirSync(dir)).not.toContain(left.slice(dir.length + 1))
  })
})

describe('importDatabase', () => {
  it('takes a layer, a folder, or a trivy.db beside its metadata', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-import-'))
    const built = build('imported')
    await built.writeFolder(folder)
    const layer = join(folder, 'db.tar.gz')
    writeFileSync(layer, built.layer)
    for (const path of [layer, folder, join(folder, 'trivy.db')]) {
      const result = await importDatabase({ dir, path, clock })
      expect(result.status.digest).not.toBeNull()
      expect(currentTitle()).toBe('imported')
    }
    expect((await importDatabase({ dir, path: folder, clock })).outcome).toBe('unchanged')
    expect((await importDatabase({ dir, path: layer, clock })).status).toMatchObject({
      digest: built.layerDigest,
      source: 'db.tar.gz',
    })
  })

  it('mends a damaged file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-import-'))
    await build('imported').writeFolder(folder)
    const { status } = await importDatabase({ dir, path: folder, clock })
    writeFileSync(join(dir, String(status.digest).slice(7), 'trivy.db'), 'damaged')
    await importDatabase({ dir, path: folder, clock })
    expect(currentTitle()).toBe('imported')
  })

  it('refuses what is no database, and keeps the current one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-import-'))
    await build('good').writeFolder(folder)
    await importDatabase({ dir, path: folder, clock })
    const code = async (path: string): Promise<unknown> =>
      importDatabase({ dir, path, clock }).catch((error: AppError) => error.code)
    expect(await code(join(folder, 'absent'))).toBe('database-file-unreadable')
    const other = join(mkdtempSync(join(tmpdir(), 'portolan-import-')), 'main.ts')
    writeFileSync(other, 'export {}')
    await expect(importDatabase({ dir, path: other, clock })).rejects.toMatchObject({
      code: 'database-file-unreadable',
      publicMessage: `${other} is no database: neither a layer (.tar.gz) nor a file trivy.db.`,
    })
    const cut = readFileSync(join(folder, 'trivy.db')).subarray(0, 9000)
    writeFileSync(join(folder, 'trivy.db'), cut)
    expect(await code(folder)).toBe('database-corrupt')
    writeFileSync(join(folder, 'metadata.json'), '{"Version":9}')
    expect(await code(folder)).toBe('database-version-unsupported')
    expect(await code(mkdtempSync(join(tmpdir(), 'portolan-import-')))).toBe('database-missing')
    expect(currentTitle()).toBe('good')
  })

  it('says when the folder cannot be written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-import-'))
    const built = build('good')
    await built.writeFolder(folder)
    const blocked = { dir: join(folder, 'trivy.db', 'db'), path: folder, clock }
    await expect(importDatabase(blocked)).rejects.toMatchObject({ code: 'database-folder-unwritable' })
  })
})

describe('databaseStatus and isUpdateDue', () => {
  const every = { everyHours: 6 }

  it('says that there is none', () => {
    const status = databaseStatus(dir, clock)
    expect(status).toMatchObject({ digest: null, stale: true, message: 'no vulnerability database yet' })
    expect(isUpdateDue(status, clock, every)).toBe(true)
    expect(() => openCurrentDatabase(dir)).toThrow(expect.objectContaining({ code: 'database-missing' }))
  })

  it('grows old in words people use', async () => {
    await updateDatabase(request(serve(build('x').artifact)))
    const at = (hours: number): [string, boolean] => {
      now = start + hours * hour
      const { message, stale } = databaseStatus(dir, clock)
      return [message, stale]
    }
    expect(at(0.5)).toEqual(['updated less than an hour ago', false])
    expect(at(1)).toEqual(['updated 1 hour ago', false])
    expect(at(47.9)).toEqual(['updated 47 hours ago', false])
    expect(at(48)).toEqual(['updated 2 days ago', false])
    expect(at(72)).toEqual(['updated 3 days ago: newer vulnerabilities are not known', true])
  })

  it('looks again after the hours set, and at the time that the publisher promised, but not all the time', async () => {
    await updateDatabase(request(serve(build('x', '2026-03-01T00:00:00Z', '2026-03-01T04:00:00Z').artifact)))
    const dueAt = (hours: number): boolean => {
      now = start + hours * hour
      return isUpdateDue(databaseStatus(dir, clock), clock, every)
    }
    expect([0.1, 3.9, 4, 6, -1].map(dueAt)).toEqual([false, false, true, true, true])
    now = start + 5 * hour
    await updateDatabase(request(serve(build('x', '2026-03-01T00:00:00Z', '2026-03-01T04:00:00Z').artifact)))
    expect([5.5, 6, 11].map(dueAt)).toEqual([false, true, true])
  })
})

function failure(publicMessage: string): AppError {
  return new AppError({ code: 'down', kind: 'temporary', publicMessage })
}

function causeCode(error: unknown): unknown {
  const cause = (error as AppError).cause as AggregateError
  return (cause.errors[0] as AppError).code
}

function serveInstead(
  layer: Uint8Array,
  other: Uint8Array,
): ReadonlyMap<ReturnType<typeof layerDigest>, Uint8Array> {
  return new Map([[layerDigest(layer), other]])
}

function layerDigest(layer: Uint8Array): BuiltDatabase['layerDigest'] {
  const [, digest] = Array.from(artifactOf(layer).blobs.keys())
  if (digest === undefined) throw new Error('no layer')
  return digest
}
