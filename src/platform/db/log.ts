/** The part of a log that the database writes to; `platform/log` has one. */
export interface DatabaseLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
}

export const silentLog: DatabaseLog = { info: () => {}, warn: () => {} }
