import { describe, expect, it } from 'vitest'
import { LaneQueue, type Queued } from './lane-queue.ts'

interface Job extends Queued {
  readonly name: string
}

const job = (name: string, lane: Job['lane'], session = 0): Job => ({ name, lane, session })

function drain(queue: LaneQueue<Job>): string[] {
  const names: string[] = []
  for (let next = queue.next(); next !== undefined; next = queue.next()) names.push(next.name)
  return names
}

describe('the queue of the embedded database', () => {
  it('lets pages pass bulk, each lane in its order', () => {
    const queue = new LaneQueue<Job>()
    for (const each of [job('b1', 'bulk'), job('p1', 'page'), job('b2', 'bulk'), job('p2', 'page')])
      queue.push(each)
    expect(drain(queue)).toEqual(['p1', 'p2', 'b1', 'b2'])
  })

  it('never starves bulk', () => {
    const queue = new LaneQueue<Job>()
    queue.push(job('bulk', 'bulk'))
    for (let n = 0; n < 100; n += 1) queue.push(job('page', 'page'))
    const order = drain(queue)
    expect(order.indexOf('bulk')).toBe(32)
    expect(order).toHaveLength(101)
  })

  it('runs nothing but the open transaction until it ends', () => {
    const queue = new LaneQueue<Job>()
    queue.hold(7)
    queue.push(job('page', 'page', 1))
    expect(queue.next()).toBeUndefined()
    queue.push(job('own', 'bulk', 7))
    expect(queue.next()?.name).toBe('own')
    queue.push(job('late', 'bulk', 7))
    queue.free()
    expect(drain(queue)).toEqual(['page', 'late'])
  })
})
