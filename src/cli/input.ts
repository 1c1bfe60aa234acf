/**
 * What comes over standard input, until there is no more.
 * @throws the signal's reason as soon as it is aborted, though nothing comes
 */
export async function* readInput(stdin: AsyncIterable<unknown>, signal: AbortSignal): AsyncGenerator<Buffer> {
  const iterator = stdin[Symbol.asyncIterator]()
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  // Nobody may be waiting when it comes.
  interrupted.catch(() => undefined)
  try {
    for (;;) {
      signal.throwIfAborted()
      const next = await Promise.race([iterator.next(), interrupted])
      if (next.done === true) return
      const chunk: unknown = next.value
      yield chunk instanceof Uint8Array ? Buffer.from(chunk) : Buffer.from(String(chunk))
    }
  } finally {
    // Not awaited: it waits for what may never come.
    iterator.return?.().catch(() => undefined)
  }
}
