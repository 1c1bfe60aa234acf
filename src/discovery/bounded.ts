/** Runs a task for each item, at most `limit` at once, results in order. The first failure ends it, after what runs has ended. */
export async function mapBounded<T, R>(
  items: readonly T[],
  limit: number,
  task: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const iterator = items.entries()
  let failed = false
  const worker = async (): Promise<void> => {
    for (const [index, item] of iterator) {
      if (failed) return
      try {
        results[index] = await task(item)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, worker))
  const failure = ended.find((each) => each.status === 'rejected')
  if (failure !== undefined) throw failure.reason
  return results
}
