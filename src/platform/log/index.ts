/**
 * The server's log: JSON lines, the message constant and what varies in fields, nothing secret.
 * Must not know what is logged.
 */
export { createLog, type Log, type LogLevel, type LogOptions } from './log.ts'
