import type { Readable } from 'node:stream'

/** The files of a local image, wherever they lie: a folder or a tar. Names are relative, with `/`. */
export interface ImageFiles {
  /** Path of the folder or archive, for messages. */
  readonly name: string
  /** Bytes; undefined when there is no such file. */
  size(name: string): Promise<number | undefined>
  /** @param length only so many of the first bytes; all unless stated */
  open(name: string, length?: number): Promise<Readable>
  close(): Promise<void>
}

/** A small file whole. undefined when there is none, or when it is larger. */
export async function readSmall(
  files: ImageFiles,
  name: string,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const size = await files.size(name)
  return size === undefined || size > maxBytes ? undefined : readFirst(files, name, size)
}

export async function readFirst(files: ImageFiles, name: string, length: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of (await files.open(name, length)) as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
