import { fstatSync, writeSync } from 'node:fs'
import { AppError } from '../core/index.ts'

/** Where a command writes: a stream of the process, or a test's. */
export type Output = NodeJS.WritableStream & {
  readonly isTTY?: boolean
  readonly columns?: number
  /** Of a process's own streams. */
  readonly fd?: number
}

/**
 * Writes all of a text and waits until it is handed on. A reader that has seen enough (`| head`) is no failure.
 * @throws AppError `output-failed` (unsupported)
 */
export async function writeWhole(output: Output, text: string): Promise<void> {
  try {
    const file = fileOf(output)
    if (file === undefined) await handOn(output, text)
    else writeFileWhole(file, Buffer.from(text))
  } catch (error) {
    throw new AppError({
      code: 'output-failed',
      kind: 'unsupported',
      publicMessage: `The result could not be written whole: ${causeOf(error)}. What is there of it is of no use.`,
      remedy: 'Make room where the output goes, or send it elsewhere, and run the command again.',
      cause: error,
    })
  }
}

/** Node's own stream for a file takes a write that the disk cut short for a whole one (lib/internal/fs/sync_write_stream.js). */
function fileOf({ fd }: Output): number | undefined {
  if (fd === undefined) return undefined
  const status = fstatSync(fd)
  return status.isFile() ? fd : undefined
}

function writeFileWhole(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    const written = writeSync(fd, bytes, done)
    if (written === 0) throw new Error('nothing more is taken')
    done += written
  }
}

function handOn(output: Output, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(text, (error?: NodeJS.ErrnoException | null) => {
      if (error && error.code !== 'EPIPE') reject(error)
      else resolve()
    })
  })
}

function causeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'no room is left'
  if (code === 'EFBIG') return 'the file would be larger than is allowed'
  return typeof code === 'string' ? code : 'nothing more is taken'
}
