import type { ListedTag } from '../registries/index.ts'
import type { ImageKind } from './ports.ts'

/** Names that cosign gives to what it attaches to an image (cosign, specs/SIGNATURE_SPEC.md). */
const attached = /^sha256-[0-9a-f]{64}\.(sig|att|sbom)$/

const attachedKinds = { sig: 'signature', att: 'attestation', sbom: 'other' } as const

const typeKinds: readonly (readonly [RegExp, ImageKind])[] = [
  [/^application\/vnd\.cncf\.helm\./, 'chart'],
  [
    /^application\/vnd\.(?:dev\.cosign\.simplesigning|dev\.sigstore\.bundle|cncf\.notary\.signature)\b/,
    'signature',
  ],
  [/^application\/(?:vnd\.in-toto\+json|vnd\.dsse\.envelope)/, 'attestation'],
]

/** What a tag's listing alone makes certain of its kind; `unknown` where one must look. */
export function listedKind({ name, mediaType }: Pick<ListedTag, 'name' | 'mediaType'>): ImageKind {
  const suffix = attached.exec(name)?.[1]
  if (suffix === 'sig' || suffix === 'att' || suffix === 'sbom') return attachedKinds[suffix]
  return typeKinds.find(([type]) => mediaType !== null && type.test(mediaType))?.[1] ?? 'unknown'
}
