import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect } from 'vitest'

export interface Run {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const main = join(import.meta.dirname, '../../../src/cli/main.ts')

/** A folder that stands for a user's home. */
export function freshHome(): string {
  return mkdtempSync(join(tmpdir(), 'portolan-bad-input-'))
}

/** Runs `portolan` as a process of its own, with its data in `home`. */
export async function portolan(
  home: string,
  args: readonly string[],
  options: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Run> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
    cwd: home,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      XDG_CACHE_HOME: join(tmpdir(), 'portolan-test-cache'),
      PORTOLAN_DATA_DIR: join(home, 'data'),
      ...options.env,
    },
  })
  child.stdin.end(options.input ?? '')
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), closed])
  return { code, out, err }
}

/** No byte of an image or registry may move a terminal's cursor, colour it, or turn a line around. */
export function expectPlain({ out, err }: Run): void {
  const control = /(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/u
  expect(control.exec(out)).toBeNull()
  expect(control.exec(err)).toBeNull()
}

/** Cause, remedy and code on standard error, in this order, and nothing else anywhere. */
export function expectFailure(run: Run, code: string, says: RegExp): void {
  expect(run).toMatchObject({ code: 1, out: '' })
  expect(run.err).toMatch(/^Error: .+\nWhat to do: .+\nCode: [a-z0-9-]+\n$/)
  expect(run.err).toMatch(says)
  expect(run.err).toContain(`\nCode: ${code}\n`)
  expectPlain(run)
}
