import { open } from 'node:fs/promises'
import { AppError, isAppError, safeText } from '../../core/index.ts'
import { LARGEST_VEX, readVex, type VexSource } from '../../vex/index.ts'
import type { CommandContext } from '../context.ts'
import { readInput } from '../input.ts'

/** In place of a file: what is attached to the image in its registry. */
export const ATTACHED = 'oci'

/** The documents of `--vex`, in order; what is attached is read elsewhere. @throws AppError as `readDocument`, `vex-unreadable` (invalid) */
export async function readVexFiles(files: readonly string[], context: CommandContext): Promise<VexSource[]> {
  const sources: VexSource[] = []
  for (const file of files.filter((each) => each !== ATTACHED)) {
    const bytes = await readDocument(file, LARGEST_VEX, context)
    try {
      sources.push({ document: readVex(bytes), source: file })
    } catch (error) {
      throw named(error, file)
    }
  }
  return sources
}

/**
 * A document that a user named, whole: a file, or `-` for standard input.
 * @throws AppError `document-unreadable` (not-found), `document-too-large` (invalid)
 */
export async function readDocument(
  file: string,
  maxBytes: number,
  { stdin, signal }: CommandContext,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const bytes of file === '-' ? readInput(stdin, signal) : fileChunks(file)) {
    signal.throwIfAborted()
    length += bytes.length
    if (length > maxBytes) throw tooLarge(file, maxBytes)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks, length)
}

async function* fileChunks(file: string): AsyncGenerator<Uint8Array> {
  try {
    const handle = await open(file)
    yield* handle.createReadStream() as AsyncIterable<Uint8Array>
  } catch (error) {
    throw new AppError({
      code: 'document-unreadable',
      kind: 'not-found',
      publicMessage: `${safeText(file, 200)} cannot be read: ${error instanceof Error ? safeText(error.message) : 'unknown'}`,
      remedy: 'Give the path of a file that you may read, or - for standard input.',
      cause: error,
    })
  }
}

function tooLarge(file: string, maxBytes: number): AppError {
  return new AppError({
    code: 'document-too-large',
    kind: 'invalid',
    publicMessage: `${safeText(file, 200)} is larger than ${maxBytes / 1024 ** 2} MiB.`,
    remedy: 'It is refused to protect this machine. Give the document of one image.',
  })
}

/** Errors of a document's content say which document. */
export function named(error: unknown, file: string): unknown {
  if (!isAppError(error)) return error
  const { code, kind, publicMessage, remedy } = error
  return new AppError({
    code,
    kind,
    publicMessage: `${safeText(file, 200)}: ${publicMessage}`,
    ...(remedy === undefined ? {} : { remedy }),
    cause: error,
  })
}
