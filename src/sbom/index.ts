/**
 * Software bills of materials: CycloneDX and SPDX, in and out. Knows the formats and a neutral shape between them. Pure: it must not
 * know how images are read, what an ecosystem makes of a package URL, or where documents are kept.
 */
export { type Attested, isAttestationType, predicateKind, readAttestation } from './attestation.ts'
export { compareContents, type ContentsComparison } from './compare.ts'
export { type CycloneDxVersion, writeCycloneDx } from './cyclonedx/write.ts'
export { isObject, type Json, objectsOf, textOf, textsOf } from './json.ts'
export { SBOM_LIMITS } from './limits.ts'
export type * from './ports.ts'
export { readSbom } from './read.ts'
export { writeSpdx } from './spdx/write.ts'
