/**
 * What is in a registry: repositories, tags, what kind of thing a digest is, lifecycle, and what the selection policy picks
 * for scanning. It must not know how images are scanned, nor any platform by name.
 */
export * from './ports.ts'
export { lookIntoImage } from './look-on-demand.ts'
export { createDiscoveryService } from './service.ts'
export { repositoriesAfter } from './store.ts'
export { createDiscoveryWorker, type DiscoveryEnd, type DiscoveryWorker } from './worker.ts'
