import type { Style } from './terminal.ts'

/** What a command may touch of the process; tests give their own. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: NodeJS.ReadStream
  readonly stderr: NodeJS.WriteStream
  /** For standard output. */
  readonly style: Style
  /** Ends with the first interrupt. */
  readonly signal: AbortSignal
  /** Resolves when all is handed on. */
  write(text: string): Promise<void>
  /** A line for people on standard error. */
  note(text: string): void
}
