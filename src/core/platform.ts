import { AppError } from './app-error.ts'

/** What a container image runs on (OCI image-spec, image-index.md, `platform`). */
export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant?: string
}

export const DEFAULT_PLATFORM: Platform = { os: 'linux', architecture: 'amd64' }

/** `linux/arm64/v8` and the like. */
export function formatPlatform(platform: Platform): string {
  const base = `${platform.os}/${platform.architecture}`
  return platform.variant === undefined ? base : `${base}/${platform.variant}`
}

/** @throws AppError `platform-invalid` (invalid) */
export function parsePlatform(text: string): Platform {
  const [os, architecture, variant, more] = text.split('/')
  if (!os || !architecture || more !== undefined) {
    throw new AppError({
      code: 'platform-invalid',
      kind: 'invalid',
      publicMessage: `"${text.slice(0, 100)}" is not a platform.`,
      remedy: 'Write it as os/architecture or os/architecture/variant, for example linux/arm64.',
    })
  }
  return variant ? { os, architecture, variant } : { os, architecture }
}

/** Whether an image made for `offered` is what `wanted` asks for; a missing variant asks for any. */
export function platformMatches(offered: Platform, wanted: Platform): boolean {
  if (offered.os !== wanted.os || offered.architecture !== wanted.architecture) return false
  return wanted.variant === undefined || offered.variant === wanted.variant
}
