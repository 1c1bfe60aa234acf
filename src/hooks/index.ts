/**
 * Addresses at which registry platforms tell of pushes: one for each connection that has one, with its secret, and what arrived
 * there last. An event is a hint where to look; it must not know what is found there, nor any platform by name.
 */
export type * from './ports.ts'
export { createHooks, HOOK_PATH, LARGEST_NOTIFICATION } from './service.ts'
