/**
 * The state machine of scans: who waits, who works on what, what became of it.
 */
export * from './ports.ts'
