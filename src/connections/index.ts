/**
 * An organisation's accounts at registries: settings, sealed secrets, status, schedule. It must not know what is found
 * through them, nor any platform by name.
 */
export * from './ports.ts'
export { connectionDisabled, connectionNotFound } from './errors.ts'
export { type Budgets, createBudgets } from './budget/budgets.ts'
export { memoryBudgetStore, sqlBudgetStore } from './budget/store.ts'
export { createConnections } from './service.ts'
export { markSyncing, saveProgress, settle } from './status/store.ts'
