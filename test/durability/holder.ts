/**
 * Takes the data folder given as its argument, says `held` or the error's message, and holds it until it is killed. Nothing refers to
 * what it holds, and garbage is collected: run with `--expose-gc`.
 */
import { writeSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { isAppError } from '../../src/core/index.ts'
import { lockFolder } from '../../src/platform/db/embedded/folder-lock.ts'

try {
  lockFolder(process.argv[2] ?? '')
  await setImmediate()
  globalThis.gc?.()
  writeSync(1, 'held\n')
  setInterval(() => {}, 60_000)
} catch (error) {
  writeSync(1, `${isAppError(error) ? `${error.code}: ${error.publicMessage}` : String(error)}\n`)
}
