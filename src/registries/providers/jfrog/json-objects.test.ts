import { describe, expect, it } from 'vitest'
import { JsonCut, jsonObjects } from './json-objects.ts'

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
}

async function partsOf(text: string, size = 7): Promise<unknown[]> {
  const parts: unknown[] = []
  for await (const { kind, text: part } of jsonObjects(pieces(text, size)))
    parts.push([kind, JSON.parse(part)])
  return parts
}

const entries = [
  { repo: 'a', path: 'x/1', name: 'manifest.json', note: 'braces } ] { [ and "quotes" \\ é 🚢' },
  { nested: { deep: [{ more: '}' }] } },
  {},
]
const range = { start_pos: 0, end_pos: 3, total: 3 }

describe('jsonObjects', () => {
  it('gives entries and members, however the text is cut', async () => {
    const wanted = [...entries.map((entry) => ['entry', entry]), ['member', range]]
    for (const indent of [0, 2]) {
      const text = `\n${JSON.stringify({ results: entries, range }, null, indent)}\n`
      for (let size = 1; size < 40; size += 1) expect(await partsOf(text, size)).toEqual(wanted)
    }
  })

  it('gives nothing for an empty list', async () => {
    expect(await partsOf(JSON.stringify({ results: [], range }))).toEqual([['member', range]])
  })

  it.each([
    ['nothing', ''],
    ['text', '"text"'],
    ['null', 'null'],
    ['a list', '[{}]'],
    ['a cut entry', '{"results":[{"a":1},{"b":'],
    ['a cut end', '{"results":[{"a":1}]'],
    ['wrong brackets', '{"results":[{"a":1]}}'],
    ['something after the end', '{}{}'],
    ['depth without end', '{"a":' + '['.repeat(100)],
    ['an entry without end', `{"results":[{"a":"${'x'.repeat(70_000)}"}]}`],
  ])('refuses %s', async (_, text) => {
    await expect(partsOf(text, 4096)).rejects.toThrow(JsonCut)
  })
})
