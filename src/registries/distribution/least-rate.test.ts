import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../test-support/domain/index.ts'
import { failureOf } from '../../test-support/registry-client.ts'
import { atLeastRate } from './least-rate.ts'

const KIB = 1024

interface Sending {
  /** Bytes of each piece. */
  readonly size: number
  /** Milliseconds before each. */
  readonly every: number
  readonly pieces: number
  /** Milliseconds that the reader takes for each. */
  readonly reading?: number
}

/** @returns how many pieces were read */
async function read({ size, every, pieces, reading = 0 }: Sending): Promise<number> {
  const clock = new ManualClock()
  async function* body(): AsyncGenerator<Uint8Array> {
    for (let piece = 0; piece < pieces; piece += 1) {
      clock.advance(every)
      yield new Uint8Array(size)
    }
  }
  let count = 0
  for await (const _ of atLeastRate(body(), { clock, host: 'registry.test' })) {
    count += 1
    clock.advance(reading)
  }
  return count
}

describe('a blob', () => {
  it('may come slowly, and be read slowly', async () => {
    expect(await read({ size: 18 * KIB, every: 1_000, pieces: 600 })).toBe(600)
    expect(await read({ size: 1, every: 1_000, pieces: 59 })).toBe(59)
    expect(await read({ size: 1, every: 0, pieces: 200, reading: 60_000 })).toBe(200)
  })

  it.each([
    { size: 1, every: 1_000, pieces: 60 },
    { size: 17 * KIB, every: 1_000, pieces: 60, reading: 5_000 },
    { size: 64 * KIB, every: 59_000, pieces: 2 },
  ])('must come at 1 MiB in a minute: $size bytes every $every ms do not', async (sending) => {
    expect(await failureOf(read(sending))).toMatchObject({
      code: 'transfer-stalled',
      kind: 'temporary',
      publicMessage: 'registry.test sent less than 1 MiB of a blob in a minute.',
    })
  })

  it('must go on so: a good beginning does not pay for the rest', async () => {
    const clock = new ManualClock()
    async function* body(): AsyncGenerator<Uint8Array> {
      for (let piece = 0; piece < 60; piece += 1) {
        clock.advance(1_000)
        yield new Uint8Array(10 * 1024 * KIB)
      }
      for (;;) {
        clock.advance(1_000)
        yield new Uint8Array(1)
      }
    }
    let count = 0
    const reading = async (): Promise<void> => {
      for await (const _ of atLeastRate(body(), { clock, host: 'registry.test' })) count += 1
    }
    expect(await failureOf(reading())).toMatchObject({ code: 'transfer-stalled' })
    expect(count).toBe(119)
  })
})
