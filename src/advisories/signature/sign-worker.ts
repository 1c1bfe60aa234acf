/** Signs a database in a thread of its own, so that the server answers meanwhile. */
import { parentPort, workerData } from 'node:worker_threads'
import { isAppError } from '../../core/index.ts'
import { signDatabase } from './sign.ts'
import type { SignAnswer } from './load.ts'

function answer(): SignAnswer {
  try {
    return { signature: signDatabase(String(workerData)) }
  } catch (error) {
    return { damage: isAppError(error) ? error.publicMessage : String(error) }
  }
}

const said = answer()
const moved = 'signature' in said ? [said.signature.places.buffer, said.signature.contents.buffer] : []
parentPort?.postMessage(said, moved)
