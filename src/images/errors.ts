import { AppError, type Digest, type ErrorKind, safeText } from '../core/index.ts'

const remedies = {
  image: 'Push the image again; if it stays so, the tool that built it or the registry damages it.',
  layer: 'Push the image again: this layer is damaged, or was made to harm.',
  limit: 'Such an image is refused to protect the scanner. Rebuild it smaller.',
  unsupported: 'Push the image again with a current Docker, Podman or BuildKit.',
  file: 'Give an OCI layout folder, or what `docker save` or `skopeo copy` wrote.',
} as const

/** @param about what is wrong, with the digest that it is wrong with: digests are shown whole so that they can be searched for */
export function imageError(
  code: string,
  about: string,
  options: { kind?: ErrorKind; remedy?: keyof typeof remedies; cause?: unknown } = {},
): AppError {
  return new AppError({
    code,
    kind: options.kind ?? 'invalid',
    publicMessage: about,
    remedy: remedies[options.remedy ?? 'image'],
    cause: options.cause,
  })
}

/** An error of one layer: the message begins with the layer's digest. */
export function layerError(
  code: string,
  layer: Digest,
  what: string,
  options: { remedy?: 'layer' | 'limit'; cause?: unknown } = {},
): AppError {
  return imageError(code, `Layer ${layer}: ${safeText(what)}`, { remedy: 'layer', ...options })
}
