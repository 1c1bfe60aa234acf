import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Digest } from '../../core/index.ts'
import { corrupt } from '../errors.ts'
import { databasePath } from '../open.ts'
import { decodeSignature, encodeSignature, type Signature } from './signature.ts'

const fileName = 'signature'

/** What the worker thread says. */
export type SignAnswer = { readonly signature: Signature } | { readonly damage: string }

/**
 * The signature of a database, from the file beside it; made and kept there when it is not there or damaged.
 *
 * @param folder holds trivy.db
 * @throws AppError `database-missing`, `database-corrupt` (invalid)
 */
export async function loadSignature(folder: string, digest: Digest): Promise<Signature> {
  const path = join(folder, fileName)
  const bytes = await readFile(path).catch(() => undefined)
  const known = bytes && decodeSignature(digest, bytes)
  if (known !== undefined) return known
  const signature = await signInWorker(databasePath(folder))
  await keep(path, encodeSignature(digest, signature))
  return signature
}

/** Where it cannot be written it is made anew each time. */
async function keep(path: string, bytes: Buffer): Promise<void> {
  const partial = `${path}.${process.pid}`
  try {
    await writeFile(partial, bytes, { flush: true })
    await rename(partial, path)
  } catch {
    await rm(partial, { force: true })
  }
}

async function signInWorker(path: string): Promise<Signature> {
  // `.ts` in a checkout, `.js` in a compiled package.
  const module = new URL(`./sign-worker${extname(import.meta.filename)}`, import.meta.url)
  const worker = new Worker(module, { workerData: path })
  try {
    const answer = await new Promise<SignAnswer>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', () => reject(new Error('the thread that signs the database ended')))
    })
    if ('damage' in answer) throw corrupt('it cannot be read to its end', new Error(answer.damage))
    return answer.signature
  } finally {
    await worker.terminate()
  }
}
