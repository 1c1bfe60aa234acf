/**
 * An organisation's accounts at registries: settings, sealed secrets, status, schedule.
 */
export * from './ports.ts'
