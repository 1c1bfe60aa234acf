import { expect, it } from 'vitest'
import type { AnswerMemory, RememberedAnswer } from '../registries/index.ts'
import { createAnswerMemories } from './answers.ts'

const answer = (kilobytes: number): RememberedAnswer => ({
  etag: '"a"',
  contentType: undefined,
  link: undefined,
  body: new Uint8Array(kilobytes * 1_000),
})

const known = (memory: AnswerMemory, ...keys: readonly string[]): string[] =>
  keys.filter((key) => memory.get(key) !== undefined)

it('remembers for each connection apart, until it is edited or gone', () => {
  const memories = createAnswerMemories()
  memories.of('one', 1).set('a', answer(1))
  expect(known(memories.of('one', 1), 'a')).toEqual(['a'])
  expect(known(memories.of('two', 1), 'a')).toEqual([])
  expect(known(memories.of('one', 2), 'a')).toEqual([])
  memories.of('one', 2).set('a', answer(1))
  memories.forget('one')
  expect(known(memories.of('one', 2), 'a')).toEqual([])
})

it('forgets of a connection what was not used the longest, and counts what is replaced once', () => {
  const memory = createAnswerMemories({ each: 40_000 }).of('one', 1)
  for (const key of ['a', 'b', 'c']) memory.set(key, answer(9))
  for (let round = 0; round < 5; round += 1) memory.set('c', answer(9))
  memory.get('a')
  memory.set('d', answer(9))
  memory.set('e', answer(9))
  expect(known(memory, 'a', 'b', 'c', 'd', 'e')).toEqual(['a', 'c', 'd', 'e'])
  memory.set('large', answer(50))
  expect(known(memory, 'a', 'b', 'c', 'd', 'e', 'large')).toEqual(['a', 'c', 'd', 'e'])
})

it('forgets the connection that was not used the longest when all together are too much', () => {
  const memories = createAnswerMemories({ each: 20_000, inAll: 50_000 })
  for (const id of ['one', 'two', 'three']) memories.of(id, 1).set('a', answer(15))
  memories.of('one', 1).set('b', answer(3))
  expect(known(memories.of('one', 1), 'a', 'b')).toEqual(['a', 'b'])
  expect(known(memories.of('two', 1), 'a')).toEqual([])
  expect(known(memories.of('three', 1), 'a')).toEqual(['a'])
})
