import { AppError, type Clock } from '../../core/index.ts'

/** Bytes that a registry sends at least while a blob is waited for so many milliseconds; slow lines send some MiB. */
const LEAST = 1 << 20
const PERIOD = 60_000

/**
 * The same pieces of a body, as long as they come at a rate that leads to an end: who sends a byte now and then would hold a reader for
 * ever. Only the time in which the reader waits counts, not the time that it takes itself.
 *
 * @throws AppError `transfer-stalled` (temporary)
 */
export async function* atLeastRate(
  pieces: AsyncIterable<Uint8Array>,
  { clock, host }: { readonly clock: Clock; readonly host: string },
): AsyncGenerator<Uint8Array> {
  let waited = 0
  let bytes = 0
  let since = clock.now()
  for await (const piece of pieces) {
    waited += clock.now() - since
    bytes += piece.length
    if (waited >= PERIOD) {
      if (bytes < LEAST) throw stalled(host)
      waited = 0
      bytes = 0
    }
    yield piece
    since = clock.now()
  }
}

function stalled(host: string): AppError {
  return new AppError({
    code: 'transfer-stalled',
    kind: 'temporary',
    publicMessage: `${host} sent less than 1 MiB of a blob in a minute.`,
    remedy: 'Check the registry, and any firewall or proxy in between.',
  })
}
