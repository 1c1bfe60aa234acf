/**
 * Other engines than the built-in one: the port that a scanner of its own fits, and how its packages and verdicts become an
 * inventory. It must not know any scanner by name, nor where its results are kept.
 */
export { type JudgedImage, type JudgedPackage, judgedInventory } from './inventory.ts'
export type * from './ports.ts'
export { type ProcessResult, type ProcessRun, runProcess } from './run-process.ts'
