import type { Digest } from '../core/index.ts'
import { configSchema, parseJson, parseShape } from './schema.ts'

/** Larger configs are refused, as Podman, CRI-O and skopeo refuse them (containers/image, internal/iolimits). Bytes. */
export const MAX_CONFIG_SIZE = 4 * 1024 * 1024

/** What an image's config says of it (image-spec, config.md). Nothing of it is verified but its own digest. */
export interface ImageConfig {
  readonly os: string
  readonly architecture: string
  readonly variant: string | null
  /** As written; RFC 3339 where it is right. */
  readonly created: string | null
  readonly diffIds: readonly Digest[]
  readonly labels: Readonly<Record<string, string>>
}

/** @throws AppError `config-invalid` (invalid) */
export function parseConfig(bytes: Uint8Array, digest: Digest): ImageConfig {
  const reading = { code: 'config-invalid', what: `Image config ${digest}` }
  const document = parseShape(configSchema, parseJson(bytes, reading), reading)
  return {
    os: document.os,
    architecture: document.architecture,
    variant: document.variant || null,
    created: document.created ?? null,
    diffIds: document.rootfs?.diff_ids ?? [],
    labels: document.config?.Labels ?? {},
  }
}
