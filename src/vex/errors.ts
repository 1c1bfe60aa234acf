import { AppError } from '../core/index.ts'

/** The document cannot be used as a whole. */
export function vexError(
  code: 'vex-unreadable' | 'vex-too-large',
  publicMessage: string,
  cause?: unknown,
): AppError {
  return new AppError({
    code,
    kind: 'invalid',
    publicMessage,
    remedy:
      code === 'vex-too-large'
        ? 'It is refused to protect the scanner. Give what is said of this image, in several documents if need be.'
        : 'Give an OpenVEX, CycloneDX or CSAF document as JSON, as it is or attested (in-toto, DSSE).',
    cause,
  })
}
