import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Digest, digestFromHex } from '../core/index.ts'
import type { LayerStore } from '../inventory/index.ts'

export interface LayerStoreUnderTest {
  readonly store: LayerStore
  /** Another process's view of the same results; absent for a store that no two share. */
  reopen?(): Promise<LayerStore>
  close?(): Promise<void>
}

const digest = (byte: string): Digest => digestFromHex(byte.repeat(32))
const layer = digest('a1')
const other = digest('b2')
const dpkg = { id: 'dpkg', version: 1 }
const npm = { id: 'npm', version: 3 }

/** The contract of LayerStore: every implementation passes it, each test on an empty store. */
export function layerStoreSuite(name: string, open: () => Promise<LayerStoreUnderTest>): void {
  describe(`LayerStore: ${name}`, () => {
    let opened: LayerStoreUnderTest
    let store: LayerStore

    beforeEach(async () => {
      opened = await open()
      store = opened.store
    })
    afterEach(async () => opened.close?.())

    it('knows nothing at first', async () => {
      expect(await store.get(layer, [dpkg, npm])).toEqual(new Map())
      expect(await store.get(layer, [])).toEqual(new Map())
      expect(await store.diffIdOf(layer)).toBeUndefined()
    })

    it('gives back what was put, by layer, analyzer and version', async () => {
      const value = { facts: [{ name: 'zlib1g', epoch: 1 }], notes: ['ünïcode \u0000 "quoted"\n', ''] }
      await store.put(layer, [
        { key: dpkg, value },
        { key: npm, value: [] },
      ])
      expect(await store.get(layer, [dpkg, npm])).toEqual(
        new Map<string, unknown>([
          ['dpkg', value],
          ['npm', []],
        ]),
      )
      expect(await store.get(layer, [{ ...dpkg, version: 2 }])).toEqual(new Map())
      expect(await store.get(other, [dpkg])).toEqual(new Map())
    })

    it('keeps the versions of an analyzer apart', async () => {
      const next = { ...dpkg, version: 2 }
      await store.put(layer, [{ key: dpkg, value: 'one' }])
      await store.put(layer, [{ key: next, value: 'two' }])
      expect((await store.get(layer, [dpkg])).get('dpkg')).toBe('one')
      expect((await store.get(layer, [next])).get('dpkg')).toBe('two')
    })

    it('takes the same again, and the last one counts', async () => {
      await store.put(layer, [{ key: dpkg, value: 'first' }])
      await store.put(layer, [{ key: dpkg, value: 'second' }])
      await store.put(layer, [])
      expect((await store.get(layer, [dpkg])).get('dpkg')).toBe('second')
    })

    it('remembers what a blob was verified to unpack to', async () => {
      await store.verified(other, layer, 1_234)
      await store.verified(other, layer, 1_234)
      expect(await store.diffIdOf(other)).toBe(layer)
      expect(await store.diffIdOf(layer)).toBeUndefined()
    })

    it('takes large results and many writers at once', async () => {
      const value = Array.from({ length: 20_000 }, (_, index) => ({
        name: `package-${index}`,
        version: '1.0',
      }))
      const writers = Array.from({ length: 8 }, (_, index) => ({ id: 'dpkg', version: index }))
      await Promise.all(writers.map((key) => store.put(layer, [{ key, value }])))
      await Promise.all(writers.map(() => store.put(layer, [{ key: npm, value }])))
      for (const key of [...writers, npm]) expect((await store.get(layer, [key])).get(key.id)).toEqual(value)
    })

    it('shows results to others as soon as they are put', async (context) => {
      if (opened.reopen === undefined) return context.skip()
      await store.put(layer, [{ key: npm, value: { a: 1 } }])
      await store.verified(other, layer, 10)
      const second = await opened.reopen()
      expect(await second.get(layer, [npm])).toEqual(new Map([['npm', { a: 1 }]]))
      expect(await second.diffIdOf(other)).toBe(layer)
    })
  })
}
