import type { ImageSource } from './ports.ts'

export interface MeteredSource {
  readonly source: ImageSource
  /** Bytes of the manifests that were given, and of the blobs that were asked for. */
  read(): number
}

/** The same source, which counts what is read of it. */
export function meteredSource({ name, ...source }: ImageSource): MeteredSource {
  let bytes = 0
  return {
    source: {
      name,
      async manifest(reference, signal) {
        const raw = await source.manifest(reference, signal)
        bytes += raw.bytes.length
        return raw
      },
      blob(descriptor, signal) {
        bytes += descriptor.size
        return source.blob(descriptor, signal)
      },
    },
    read: () => bytes,
  }
}
