import { AppError } from '../core/index.ts'

/** The document cannot be used as a whole. */
export function sbomError(
  code: 'sbom-unreadable' | 'sbom-too-large',
  publicMessage: string,
  cause?: unknown,
): AppError {
  return new AppError({
    code,
    kind: 'invalid',
    publicMessage,
    remedy:
      code === 'sbom-too-large'
        ? 'It is refused to protect the scanner. Give the SBOM of one image.'
        : 'Give a CycloneDX document as JSON (1.2 to 1.7), or an SPDX 2 document as JSON or tag-value, as it is or attested (in-toto, DSSE).',
    cause,
  })
}
