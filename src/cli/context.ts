import { safeText } from '../core/index.ts'
import { type Output, writeWhole } from './output.ts'
import { type Style, styleOf } from './terminal.ts'

/** The process as a command line sees it; tests give their own streams. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: AsyncIterable<unknown>
  readonly stdout: Output
  readonly stderr: Output
  /** Ends with the first interrupt. */
  readonly signal: AbortSignal
}

/** What a command may touch of the process. */
export interface CommandContext extends Surroundings {
  /** For standard output. */
  readonly style: Style
  readonly errorStyle: Style
  /** To standard output; resolves when all is handed on. @throws AppError `output-failed` (unsupported) */
  write(text: string): Promise<void>
  /** A line for people on standard error. */
  note(text: string): void
}

const longestNote = 2000

export function createContext(surroundings: Surroundings): CommandContext {
  const { env, stdout, stderr } = surroundings
  const errorStyle = styleOf(stderr, env)
  return {
    ...surroundings,
    style: styleOf(stdout, env),
    errorStyle,
    write: (text) => writeWhole(stdout, text),
    note: (text) => void stderr.write(`${errorStyle.dim('Note:')} ${safeText(text, longestNote)}\n`),
  }
}
