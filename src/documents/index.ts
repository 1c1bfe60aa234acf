/**
 * Documents about images on the server: SBOMs and VEX statements that an organisation uploads for itself or that scans
 * find attached to its images, and the SBOMs of its images.
 * Nothing here writes content that organisations share. It must not know how images are read, ecosystems, or HTTP.
 */
export type * from './ports.ts'
export { createDocumentService, type DocumentServiceOptions } from './service.ts'
