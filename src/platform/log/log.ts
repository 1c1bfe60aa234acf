import { destination, type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino'
import { redact } from './redact.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'
type Fields = Readonly<Record<string, unknown>>

/** The message is a constant, so that it can be searched for and counted; what varies is in the fields. */
export interface Log {
  debug(message: string, fields?: Fields): void
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  error(message: string, fields?: Fields): void
  /** A log whose lines all carry these fields. */
  child(fields: Fields): Log
}

export interface LogOptions {
  readonly level: LogLevel
  /** Where lines go; standard error when not given, so that standard output stays the command's own. */
  readonly stream?: DestinationStream
}

function wrap(logger: Logger): Log {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: Fields = {}): void => {
      if (logger.isLevelEnabled(level)) logger[level](redact(fields), message)
    }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => wrap(logger.child(redact(fields) as Record<string, unknown>)),
  }
}

/** @example createLog({ level: 'info' }).info('scan completed', { digest, milliseconds }) */
export function createLog({ level, stream = destination({ fd: 2, sync: true }) }: LogOptions): Log {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  return wrap(pino(options, stream))
}
