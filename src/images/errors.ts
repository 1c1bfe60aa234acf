import { AppError, type Digest, type ErrorKind, safeText } from '../core/index.ts'

const remedies = {
  image: 'Push the image again; if it stays so, the tool that built it or the registry damages it.',
  layer: 'Push the image again: this layer is damaged, or was made to harm.',
  limit: 'Such an image is refused to protect the scanner. Rebuild it smaller.',
  window:
    'Push the image again with layers in gzip, or in zstd with a window of 64 MiB at most (`--long=26`).',
  unsupported: 'Push the image again with a current Docker, Podman or BuildKit.',
  outside:
    'Put all files of the image into its folder, or save it again with `docker save` or `skopeo copy`.',
  file: 'Give an OCI layout folder, or what `docker save` or `skopeo copy` wrote.',
} as const

interface Failure {
  readonly code: string
  readonly remedy?: keyof typeof remedies
  readonly cause?: unknown
}

/** @param failure `about`: what is wrong, with the digest that it is wrong with, whole, so that it can be searched for */
export function imageError(
  failure: Failure & { readonly about: string; readonly kind?: ErrorKind },
): AppError {
  const { code, about, kind = 'invalid', remedy = 'image', cause } = failure
  return new AppError({ code, kind, publicMessage: about, remedy: remedies[remedy], cause })
}

/** An error of one layer: the message begins with the layer's digest. */
export function layerError(
  failure: Failure & { readonly layer: Digest; readonly what: string; readonly kind?: ErrorKind },
): AppError {
  const { layer, what, ...rest } = failure
  return imageError({ remedy: 'layer', ...rest, about: `Layer ${layer}: ${safeText(what)}` })
}
