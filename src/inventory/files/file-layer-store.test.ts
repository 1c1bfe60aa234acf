import { hash } from 'node:crypto'
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Digest, digestFromHex } from '../../core/index.ts'
import { layerStoreSuite } from '../../test-support/layer-store-suite.ts'
import { createMemoryLayerStore } from '../memory-layer-store.ts'
import { createFileLayerStore } from './file-layer-store.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layers-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

layerStoreSuite('files', async () => ({
  store: await createFileLayerStore(join(folder, 'layers')),
  reopen: () => createFileLayerStore(join(folder, 'layers')),
}))
layerStoreSuite('memory', async () => ({ store: createMemoryLayerStore() }))

const layer = digestFromHex('a1'.repeat(32))
const key = { id: 'dpkg', version: 1 }
/** As `hash` names one reading by `dpkg@1` alone. */
const reading = `${hash('sha256', 'dpkg@1', 'hex').slice(0, 8)}.layer`
const fileOf = (digest: Digest): string => join(folder, digest.slice(7, 9), `${digest.slice(7)}.${reading}`)

describe('the files', () => {
  it('are private, and nothing but records lies among them', async () => {
    await chmod(folder, 0o755)
    const store = await createFileLayerStore(folder)
    await store.put(layer, [{ key, value: 1 }])
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    expect((await stat(fileOf(layer))).mode & 0o777).toBe(0o600)
    expect(await readdir(join(folder, 'a1'))).toEqual([`${'a1'.repeat(32)}.${reading}`])
  })

  it('read as absent when they are damaged, in any byte', async () => {
    const store = await createFileLayerStore(folder)
    await store.put(layer, [{ key, value: { name: 'bash' } }])
    const whole = await readFile(fileOf(layer))
    for (let index = 0; index < whole.length; index += 1) {
      const damaged = Buffer.from(whole)
      damaged[index] = (damaged[index] ?? 0) ^ 0x10
      await writeFile(fileOf(layer), damaged)
      expect(await store.get(layer, [key])).toEqual(new Map())
    }
    for (const cut of [0, 1, 17, 60, whole.length - 1]) {
      await writeFile(fileOf(layer), whole.subarray(0, cut))
      expect(await store.get(layer, [key])).toEqual(new Map())
    }
    await store.put(layer, [{ key, value: 'mended' }])
    expect((await store.get(layer, [key])).get('dpkg')).toBe('mended')
  })

  it('read as absent under another name', async () => {
    const store = await createFileLayerStore(folder)
    const other = digestFromHex(`a1${'b2'.repeat(31)}`)
    await store.put(layer, [{ key, value: 'of a layer' }])
    await rename(fileOf(layer), fileOf(other))
    expect(await store.get(other, [key])).toEqual(new Map())
  })

  it('stay within the limit: what was used longest ago goes first', async () => {
    const value = Array.from({ length: 30 }, (_, index) => index * 7_919)
    await (await createFileLayerStore(folder)).put(layer, [{ key, value }])
    const { size } = await stat(fileOf(layer))
    const store = await createFileLayerStore(folder, { maxBytes: 256 * size * 5.5 })
    const numbered = (number: number): Digest => digestFromHex(`a1${String(number).padStart(62, '0')}`)
    const numbers = [1, 2, 3, 4, 5]
    await rm(fileOf(layer))
    for (const number of numbers) {
      await store.put(numbered(number), [{ key, value }])
      await utimes(fileOf(numbered(number)), 1_000 + number, 1_000 + number)
    }
    await store.get(numbered(1), [key])
    await store.put(numbered(6), [{ key, value }])
    const kept = await Promise.all(
      [...numbers, 6].map(async (number) => [number, (await store.get(numbered(number), [key])).size]),
    )
    const left = kept.flatMap(([number, size]) => (size === 1 ? [number] : []))
    expect(left).toContain(1)
    expect(left).toContain(6)
    expect(left).not.toContain(2)
    await store.put(layer, [
      { key, value: 'x'.repeat(1_000) + String(Array.from({ length: 3_000 }, (_, i) => i * i)) },
    ])
    expect((await store.get(layer, [key])).size).toBe(1)
  })

  it('left over by a killed process go after an hour', async () => {
    const store = await createFileLayerStore(folder)
    await mkdir(join(folder, 'a1'))
    await writeFile(join(folder, 'a1', '.tmp-old'), 'x')
    await writeFile(join(folder, 'a1', '.tmp-new'), 'x')
    await utimes(join(folder, 'a1', '.tmp-old'), 1_000, 1_000)
    await store.put(layer, [{ key, value: 1 }])
    expect(await readdir(join(folder, 'a1'))).toEqual(['.tmp-new', expect.stringContaining(reading)])
  })
})

describe('a folder that cannot be trusted or used', () => {
  it('is left alone, with a note; the process still remembers', async () => {
    await symlink(folder, join(folder, 'link'))
    await writeFile(join(folder, 'file'), '')
    for (const place of ['link', 'file', 'file/below']) {
      const store = await createFileLayerStore(join(folder, place))
      expect(store.note).toContain('is not used')
      await store.put(layer, [{ key, value: 1 }])
      expect((await store.get(layer, [key])).get('dpkg')).toBe(1)
    }
    expect((await createFileLayerStore(folder)).note).toBeNull()
  })

  it('of another user is refused', async (context) => {
    const user = process.getuid
    if (user === undefined) return context.skip()
    process.getuid = () => user() + 1
    try {
      expect((await createFileLayerStore(folder)).note).toContain('another user')
    } finally {
      process.getuid = user
    }
  })

  it('is a loss, not an error, when it vanishes under us', async () => {
    const store = await createFileLayerStore(folder)
    await rm(folder, { recursive: true })
    await writeFile(folder, 'a file now')
    await store.put(layer, [{ key, value: 1 }])
    await store.verified(layer, layer, 1)
    expect(await store.get(layer, [key])).toEqual(new Map())
  })
})
