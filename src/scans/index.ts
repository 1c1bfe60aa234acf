/**
 * The state machine of scans: who waits, who works on what, what became of it. It must not know how an image is read or
 * matched, nor what a registry is.
 */
export * from './ports.ts'
export { createScanQueue } from './queue.ts'
export { enqueueManifest, replaceInventory, waitingScans } from './renewals/store.ts'
export { createScanService, enqueueRepositories } from './service.ts'
export { letGoOfGone, sweepScans, type WalkStep } from './sweep/store.ts'
