/**
 * VEX: statements that a vulnerability does not matter in a product, from OpenVEX, CycloneDX and CSAF, and how they are laid over findings.
 * Pure: it must not know images, databases, or who is shown what.
 */
export { createVexOverlay, type VexOverlay } from './overlay.ts'
export type * from './ports.ts'
export { LARGEST_VEX, readVex } from './read.ts'
